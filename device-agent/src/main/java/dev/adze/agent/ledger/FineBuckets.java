package dev.adze.agent.ledger;

import dev.adze.runtime.latency.LatencyHistogram;

/**
 * Buckets of latencies from 0 ns to 1 hour, each at most 1/64 of its value wide: its middle is within 0.8 % of all that fell into
 * it. Below 128 ns every nanosecond has its own; above, every doubling is cut into 64 equal parts.
 */
final class FineBuckets {
    private static final int BITS = 6;
    private static final int PARTS = 1 << BITS;

    /** How many there are. */
    static final int COUNT = index(LatencyHistogram.MAX_NANOS) + 1;

    private FineBuckets() {}

    /** Of a duration; negative ones count as 0, those over an hour as one. */
    static int index(long nanos) {
        long value = Math.clamp(nanos, 0L, LatencyHistogram.MAX_NANOS);
        int shift = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - BITS);
        return shift * PARTS + (int) (value >> shift);
    }

    /** The middle of a bucket in nanoseconds. */
    static long middle(int index) {
        int shift = Math.max(0, index / PARTS - 1);
        long lowest = (long) (index - shift * PARTS) << shift;
        return Math.min(LatencyHistogram.MAX_NANOS, lowest + ((1L << shift) - 1) / 2);
    }
}
