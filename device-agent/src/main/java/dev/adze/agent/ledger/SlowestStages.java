package dev.adze.agent.ledger;

import dev.adze.agent.decide.Stamps;
import dev.adze.runtime.latency.Percentile;
import java.util.Arrays;

/**
 * The time that each stage took, summed over decisions of about the same latency: from the top down that is the time of the
 * slowest, however many are asked for, without a threshold that would have to be known beforehand. 60 kB; recording allocates
 * nothing.
 */
final class SlowestStages {
    /** Every one but {@link Stage#TOTAL}. */
    private static final Stage[] STAGES = Arrays.copyOf(Stage.values(), Stage.TOTAL.ordinal());
    private static final int HUNDREDTH = 100;
    /** Two of the fine ones: decisions within 3 % of each other are one here. */
    private static final int BUCKETS = FineBuckets.COUNT / 2 + 1;

    private final long[] counts = new long[BUCKETS];
    /** By bucket, then stage. */
    private final long[] nanos = new long[BUCKETS * STAGES.length];
    private long decisions;

    void record(Stamps stamps) {
        int bucket = FineBuckets.index(Stage.TOTAL.nanos(stamps)) / 2;
        counts[bucket]++;
        decisions++;
        for (int i = 0; i < STAGES.length; i++) {
            nanos[bucket * STAGES.length + i] += Math.max(0, STAGES[i].nanos(stamps));
        }
    }

    void copyInto(SlowestStages other) {
        System.arraycopy(counts, 0, other.counts, 0, counts.length);
        System.arraycopy(nanos, 0, other.nanos, 0, nanos.length);
        other.decisions = decisions;
    }

    /**
     * Of the bucket that only partly belongs to the slowest, its stages' time counts in proportion.
     *
     * @return null from fewer decisions than p99 is told from, and where no stage took any time
     */
    Slowest slowest() {
        if (decisions < Percentile.P99.minimumSamples()) {
            return null;
        }
        long most = decisions / HUNDREDTH;
        long left = most;
        double[] sums = new double[STAGES.length];
        for (int bucket = BUCKETS - 1; bucket >= 0 && left > 0; bucket--) {
            if (counts[bucket] > 0) {
                long taken = Math.min(left, counts[bucket]);
                left -= taken;
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += nanos[bucket * sums.length + i] * ((double) taken / counts[bucket]);
                }
            }
        }
        double whole = Arrays.stream(sums).sum();
        return whole == 0 ? null : new Slowest(most, whole / most, Arrays.stream(sums).map(sum -> sum / whole).toArray());
    }
}
