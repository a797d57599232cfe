package dev.adze.agent.cli;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.runtime.session.EdgeModel;
import dev.adze.runtime.session.ModelSession;

/**
 * Runs a model on a session of its own before the first sample is due, so that Java has compiled the kernels when they
 * count: at 2 Hz they would otherwise stay interpreted for hours. The session that decides never sees these steps.
 */
final class WarmUp {
    private static final long NANOS = 300_000_000L;
    /** More than the compilers' thresholds for loops; small models end here. */
    private static final int STEPS = 20_000;

    private WarmUp() {}

    static void exercise(EdgeModel model, MonotonicClock clock) {
        try (ModelSession scratch = model.newModelSession()) {
            float[] raw = new float[model.manifest().preprocess().channels().size()];
            float[] outputs = new float[model.manifest().task().outputs().size()];
            long start = clock.nanoTime();
            for (int step = 0; step < STEPS && clock.nanoTime() - start < NANOS; step++) {
                for (int i = 0; i < raw.length; i++) {
                    var channel = model.manifest().preprocess().channels().get(i);
                    raw[i] = (float) (channel.center() + channel.scale() * Math.sin(step + i));
                }
                scratch.preprocess(raw);
                scratch.infer(outputs);
            }
        }
    }
}
