package dev.adze.agent.ledger;

import dev.adze.runtime.latency.LatencyCounts;
import dev.adze.runtime.latency.LatencyHistogram.Interval;
import dev.adze.runtime.latency.Percentile;

/**
 * The latency of one stage so far.
 *
 * @param counts       of every decision
 * @param sumNanos     sum of all samples
 * @param maxNanos     the longest sample, exactly; 0 without samples
 * @param bucketCounts samples in each of {@link LatencyLedger#bucketBoundsNanos}, and last those above them all
 */
public record StageFigures(Stage stage, LatencyCounts counts, long sumNanos, long maxNanos, long[] bucketCounts) {
    /** Of every interval that reports tell. */
    public static final double CONFIDENCE = 0.95;

    public long samples() {
        return counts.count();
    }

    /** The percentile in nanoseconds, or -1: too few samples to say. */
    public long percentileNanos(Percentile percentile) {
        // Rounded up to the end of its bucket, a percentile could exceed the maximum.
        return Math.min(maxNanos, counts.percentile(percentile).orElse(-1));
    }

    /** Where the true percentile lies with {@link #CONFIDENCE}; null wherever {@link #percentileNanos} is refused. */
    public Interval interval(Percentile percentile) {
        Interval interval = counts.interval(percentile, CONFIDENCE);
        return interval == null ? null
                : new Interval(Math.min(maxNanos, interval.lowNanos()), Math.min(maxNanos, interval.highNanos()));
    }

    /** Mean in nanoseconds; NaN without samples. */
    public double meanNanos() {
        return samples() == 0 ? Double.NaN : (double) sumNanos / samples();
    }
}
