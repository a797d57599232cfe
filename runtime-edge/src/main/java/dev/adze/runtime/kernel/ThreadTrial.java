package dev.adze.runtime.kernel;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** Measures, when a network is loaded, how many threads make its steps faster. Takes some tens of steps each. */
final class ThreadTrial {
    private static final int ROUNDS = 15;
    private static final int WARM_UP_STEPS = 30;
    private static final long ROUND_NANOS = 200_000;
    private static final int MAX_STEPS_A_ROUND = 8;
    /** Threads must take so much of the time away, or their processors are better left to others. */
    private static final double WORTH = 0.9;
    private static final double WORTH_WAKING = 0.95;

    private final NativeProgram program;
    private final float[] features;
    private final float[] output;

    private ThreadTrial(NativeProgram program) {
        this.program = program;
        features = new float[program.network().inputSize()];
        output = new float[program.network().outputSize()];
    }

    /** The program with the team that suits it, or without. */
    static NativeProgram choose(NativeProgram program, Threads threads, Arena arena) {
        if (threads.most() == 1) {
            return program;
        }
        if (program.network().layers().size() > NativeProgram.MAX_SHARED_LAYERS) {
            return program.alone("more layers than threads can share");
        }
        if (!threads.measured()) {
            return program.with(new Team(threads.most(), threads.pinned(), true, arena), "asked for");
        }
        int most = Math.min(threads.most(), Runtime.getRuntime().availableProcessors());
        return most == 1 ? program.alone("there is one processor") : new ThreadTrial(program).measure(most, threads.pinned(), arena);
    }

    private NativeProgram measure(int most, boolean pinned, Arena arena) {
        StepRunner alone = program.newRunner();
        for (int i = 0; i < WARM_UP_STEPS; i++) {
            alone.step(features, 0, output);
        }
        NativeProgram best = null;
        double bestNanos = Double.POSITIVE_INFINITY;
        double aloneNanos = Double.POSITIVE_INFINITY;
        double leastShared = Double.POSITIVE_INFINITY;
        for (int members = 2; members <= most; members = members < most ? Math.min(2 * members, most) : most + 1) {
            var team = new Team(members, pinned, true, arena);
            NativeProgram candidate = program.with(team, "");
            double[] medians = race(alone, candidate.newRunner());
            aloneNanos = Math.min(aloneNanos, medians[0]);
            leastShared = Math.min(leastShared, medians[1]);
            if (medians[1] <= WORTH * medians[0] && medians[1] < WORTH * bestNanos) {
                if (best != null) {
                    best.close();
                }
                team.setWakes(medians[2] <= WORTH_WAKING * medians[0]);
                best = program.with(team, String.format(Locale.ROOT, "%.2f times as fast as one when measured at loading",
                        medians[0] / medians[1]));
                bestNanos = medians[1];
            } else {
                team.close();
            }
        }
        return best != null ? best : program.alone(String.format(Locale.ROOT,
                "more did not pay when measured at loading: %.1f µs a step against %.1f", leastShared / 1e3, aloneNanos / 1e3));
    }

    /** Medians of a step alone, shared with helpers that are awake, and shared after a pause; nanoseconds. */
    private double[] race(StepRunner alone, StepRunner shared) {
        double[][] nanos = new double[3][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            nanos[0][round] = steps(alone);
            nanos[1][round] = steps(shared);
            LockSupport.parkNanos(4 * Team.SPIN_NANOS);
            long begin = System.nanoTime();
            shared.step(features, 0, output);
            nanos[2][round] = System.nanoTime() - begin;
        }
        return Arrays.stream(nanos).mapToDouble(values -> {
            Arrays.sort(values);
            return values[ROUNDS / 2];
        }).toArray();
    }

    /** Nanoseconds a step, of some that follow each other. */
    private double steps(StepRunner runner) {
        long before = System.nanoTime();
        runner.step(features, 0, output);
        long begin = System.nanoTime();
        int count = (int) Math.clamp(ROUND_NANOS / Math.max(1, begin - before), 1, MAX_STEPS_A_ROUND);
        for (int i = 0; i < count; i++) {
            runner.step(features, 0, output);
        }
        return (double) (System.nanoTime() - begin) / count;
    }
}
