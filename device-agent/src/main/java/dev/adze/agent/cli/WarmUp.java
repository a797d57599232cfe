package dev.adze.agent.cli;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.runtime.session.EdgeModel;
import dev.adze.runtime.session.ModelSession;

/**
 * Runs a model on a session of its own, so that Java compiles the kernels: at 2 Hz they would otherwise stay interpreted for
 * hours. A moment before the first sample is due, the rest beside the first decisions, on a thread of its own, so that the
 * first decision need not wait for it. The session that decides never sees these steps.
 */
final class WarmUp implements AutoCloseable {
    private static final long BEFORE_NANOS = 100_000_000L;
    private static final long BESIDE_NANOS = 500_000_000L;
    /** More than the compilers' thresholds for loops; small models end here. */
    private static final int STEPS = 20_000;

    private final EdgeModel model;
    private final MonotonicClock clock;
    private final Thread thread = new Thread(() -> exercise(BESIDE_NANOS), "warm-up");
    private volatile boolean stopped;

    private WarmUp(EdgeModel model, MonotonicClock clock) {
        this.model = model;
        this.clock = clock;
        thread.setDaemon(true);
    }

    /** Returns after the moment before; closed, which must be before the model is, the rest ends too. */
    static WarmUp start(EdgeModel model, MonotonicClock clock) {
        var warmUp = new WarmUp(model, clock);
        warmUp.exercise(BEFORE_NANOS);
        warmUp.thread.start();
        return warmUp;
    }

    /** All of it at once. */
    static void exercise(EdgeModel model, MonotonicClock clock) {
        new WarmUp(model, clock).exercise(BESIDE_NANOS);
    }

    private void exercise(long nanos) {
        try (ModelSession scratch = model.newModelSession()) {
            float[] raw = new float[model.manifest().preprocess().channels().size()];
            float[] outputs = new float[model.manifest().task().outputs().size()];
            long start = clock.nanoTime();
            for (int step = 0; step < STEPS && !stopped && clock.nanoTime() - start < nanos; step++) {
                for (int i = 0; i < raw.length; i++) {
                    var channel = model.manifest().preprocess().channels().get(i);
                    raw[i] = (float) (channel.center() + channel.scale() * Math.sin(step + i));
                }
                scratch.preprocess(raw);
                scratch.infer(outputs);
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // it ends within a step; the weights must not go before it
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
