package dev.adze.agent.cli;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.service.Background;
import dev.adze.runtime.kernel.HelperThreads;
import dev.adze.runtime.session.EdgeModel;
import dev.adze.runtime.session.ModelSession;

/**
 * What a start leaves to be done beside the first decisions, on a thread of its own, so that they need not wait for it.
 *
 * <p>First it runs the model on a session of its own, so that Java compiles the kernels: at 2 Hz they would otherwise stay
 * interpreted for hours. The session that decides never sees these steps. Then, when the start is over, it gives the memory
 * back that only the start needed, once: nothing is allocated later that would have it collected.
 */
final class WarmUp implements AutoCloseable {
    private static final long EXERCISE_NANOS = 500_000_000L;
    /** More than the compilers' thresholds for loops; small models end here. */
    private static final int STEPS = 20_000;
    private static final long TIDY_NANOS = 10_000_000_000L;

    private final EdgeModel model;
    private final MonotonicClock clock;
    private final Thread thread;
    private volatile boolean stopped;

    private WarmUp(EdgeModel model, MonotonicClock clock, boolean exercise) {
        this.model = model;
        this.clock = clock;
        thread = new Thread(() -> {
            long start = clock.nanoTime();
            // Else on two cores the first samples wait for this thread and the compilers, each time for milliseconds.
            Background.giveWay();
            Background.compilersGiveWay();
            if (exercise) {
                exercise();
            }
            tidy(start + TIDY_NANOS);
        }, "start-up");
        thread.setDaemon(true);
    }

    /**
     * To be closed before the model is.
     *
     * @param exercise whether the kernel needs it
     */
    static WarmUp start(EdgeModel model, MonotonicClock clock, boolean exercise) {
        var warmUp = new WarmUp(model, clock, exercise);
        warmUp.thread.start();
        return warmUp;
    }

    /** The model alone, on this thread. */
    static void exercise(EdgeModel model, MonotonicClock clock) {
        new WarmUp(model, clock, true).exercise();
    }

    private void exercise() {
        try (ModelSession scratch = model.newModelSession()) {
            float[] raw = new float[model.manifest().preprocess().channels().size()];
            float[] outputs = new float[model.manifest().task().outputs().size()];
            long start = clock.nanoTime();
            for (int step = 0; step < STEPS && !stopped && clock.nanoTime() - start < EXERCISE_NANOS; step++) {
                for (int i = 0; i < raw.length; i++) {
                    var channel = model.manifest().preprocess().channels().get(i);
                    raw[i] = (float) (channel.center() + channel.scale() * Math.sin(step + i));
                }
                scratch.preprocess(raw);
                scratch.infer(outputs);
            }
        }
    }

    /** Holds the decisions up for some ten milliseconds. */
    private void tidy(long dueNanos) {
        while (!stopped && clock.nanoTime() < dueNanos) {
            clock.parkUntil(dueNanos);
        }
        if (!stopped) {
            System.gc();
        }
    }

    @Override
    public void close() {
        stopped = true;
        HelperThreads.end(thread); // it ends within a step; the weights must not go before it
    }
}
