package dev.adze.compress.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Times several subjects in one run so that their ratios can be trusted on a machine that is never quite quiet: in many
 * short rounds, each subject once a round, in a new random order every round. Whatever the machine does over the
 * seconds (clock frequency, neighbours, temperature) then hits all alike.
 *
 * <p>In its turn a subject runs once untimed, since the one before it has emptied the caches, and then a number of
 * times, each call timed by itself unless it is very short. Before the first round every subject runs long enough for
 * Java to compile it.
 *
 * @param clock       nanoseconds, as {@link System#nanoTime}
 * @param totalNanos  about how long all rounds together take
 * @param pauseNanos  idle time before a turn, for threads of the engine before to come to rest; 0 for none
 */
record Rounds(LongSupplier clock, long totalNanos, long pauseNanos, long seed) {
    static final int ROUNDS = 100;
    /** First ones that do not count: Java compiles anew what it sees used in more than one way. */
    private static final int WARM_UP_ROUNDS = 5;
    /** A slow subject takes part in every second or fourth round. Fewer give intervals as wide as the samples. */
    private static final int MAX_STRIDE = 4;
    /** A subject may take so many times its share of the time before it sits rounds out. */
    private static final int PATIENCE = 3;
    private static final int MAX_SAMPLES = 1_000;
    /** Calls shorter than this are timed several at once: a reading of the clock costs some 1 % of it. */
    private static final long MIN_SAMPLE_NANOS = 5_000;
    /** From here on a call is so long that it matters little what is in the caches at its start. */
    private static final long LONG_CALL_NANOS = 30_000_000;
    private static final long WARM_UP_NANOS = 700_000_000;
    private static final int MIN_WARM_UP_CALLS = 3;

    /** Something to time. */
    interface Subject {
        /** Before every turn, untimed. */
        void prepare();

        void call();
    }

    /**
     * How often a subject runs.
     *
     * @param untimed calls before the timed ones
     * @param samples in a round
     * @param repeats calls of a sample
     * @param stride  it takes part in every stride-th round; slower ones then meet faster ones in all their rounds
     */
    private record Turn(int index, Subject subject, int untimed, int samples, int repeats, int stride) {}

    /** @return in the order of the subjects */
    List<Samples> run(List<Subject> subjects) {
        long turnNanos = totalNanos / ((long) ROUNDS * Math.max(1, subjects.size()));
        List<Turn> turns = new ArrayList<>();
        List<Samples> samples = new ArrayList<>();
        for (Subject subject : subjects) {
            turns.add(plan(turns.size(), subject, warmUp(subject), turnNanos));
            samples.add(new Samples(ROUNDS));
        }
        var random = new Random(seed);
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            Collections.shuffle(turns, random);
            for (Turn turn : turns) {
                if (round % turn.stride == 0) {
                    double[] nanos = time(turn);
                    if (round >= 0) {
                        samples.get(turn.index).add(round, nanos, turn.repeats);
                    }
                }
            }
        }
        return samples;
    }

    /** @return nanoseconds of a call */
    private long warmUp(Subject subject) {
        subject.prepare();
        long begin = clock.getAsLong();
        long now = begin;
        long[] last = new long[32];
        int calls = 0;
        while (calls < MIN_WARM_UP_CALLS || now - begin < Math.min(WARM_UP_NANOS, totalNanos / 4)) {
            subject.call();
            long end = clock.getAsLong();
            last[calls++ % last.length] = end - now;
            now = end;
        }
        long[] sorted = Arrays.copyOf(last, Math.min(calls, last.length));
        Arrays.sort(sorted);
        return Math.max(1, sorted[sorted.length / 2]);
    }

    private Turn plan(int index, Subject subject, long callNanos, long turnNanos) {
        int untimed = callNanos < LONG_CALL_NANOS ? 1 : 0;
        int repeats = (int) Math.ceilDiv(MIN_SAMPLE_NANOS, callNanos);
        int samples = (int) Math.clamp(turnNanos / (callNanos * repeats) - untimed, 1, MAX_SAMPLES);
        long cost = (samples * repeats + untimed) * callNanos;
        int stride = 1;
        while (stride < MAX_STRIDE && cost / stride > PATIENCE * turnNanos) {
            stride *= 2;
        }
        return new Turn(index, subject, untimed, samples, repeats, stride);
    }

    /** @return nanoseconds of a call, for every sample */
    private double[] time(Turn turn) {
        if (pauseNanos > 0) {
            LockSupport.parkNanos(pauseNanos);
        }
        double[] nanos = new double[turn.samples];
        turn.subject.prepare();
        for (int i = 0; i < turn.untimed; i++) {
            turn.subject.call();
        }
        long before = clock.getAsLong();
        for (int i = 0; i < nanos.length; i++) {
            for (int k = 0; k < turn.repeats; k++) {
                turn.subject.call();
            }
            long after = clock.getAsLong();
            nanos[i] = (double) (after - before) / turn.repeats;
            before = after;
        }
        return nanos;
    }
}
