package dev.adze.agent.ledger;

import dev.adze.runtime.latency.LatencyCounts;
import dev.adze.runtime.latency.LatencyHistogram.Interval;
import dev.adze.runtime.latency.Percentile;

/**
 * The latency of one stage so far.
 *
 * @param samples      decisions that it is of
 * @param percentiles  in nanoseconds, in the order of {@link Percentile}; -1 where there are too few samples
 * @param intervals    where the true percentiles lie with {@link #CONFIDENCE}; null where there are too few samples
 * @param exponential  all samples, for Prometheus and OpenTelemetry
 * @param sumNanos     sum of all samples
 * @param maxNanos     the longest sample, exactly; 0 without samples
 * @param bucketCounts samples in each of {@link LatencyLedger#bucketBoundsNanos}, and last those above them all
 */
public record StageFigures(Stage stage, long samples, long[] percentiles, Interval[] intervals, ExponentialBuckets exponential,
        long sumNanos, long maxNanos, long[] bucketCounts) {
    /** Of every interval that reports tell. */
    public static final double CONFIDENCE = 0.95;

    /** Some kB, whatever was counted: many times as much at every look would fill the old generation. */
    static StageFigures of(Stage stage, LatencyCounts counts, long sumNanos, long maxNanos, long[] bucketCounts) {
        Percentile[] all = Percentile.values();
        long[] percentiles = new long[all.length];
        Interval[] intervals = new Interval[all.length];
        for (int i = 0; i < all.length; i++) {
            // Rounded up to the end of its bucket, a percentile could exceed the maximum.
            percentiles[i] = Math.min(maxNanos, counts.percentile(all[i]).orElse(-1));
            Interval interval = counts.interval(all[i], CONFIDENCE);
            intervals[i] = interval == null ? null
                    : new Interval(Math.min(maxNanos, interval.lowNanos()), Math.min(maxNanos, interval.highNanos()));
        }
        return new StageFigures(stage, counts.count(), percentiles, intervals, ExponentialBuckets.of(counts), sumNanos, maxNanos,
                bucketCounts.clone());
    }

    /** The percentile in nanoseconds, or -1: too few samples to say. */
    public long percentileNanos(Percentile percentile) {
        return percentiles[percentile.ordinal()];
    }

    /** Where the true percentile lies with {@link #CONFIDENCE}; null wherever {@link #percentileNanos} is refused. */
    public Interval interval(Percentile percentile) {
        return intervals[percentile.ordinal()];
    }

    /** Mean in nanoseconds; NaN without samples. */
    public double meanNanos() {
        return samples == 0 ? Double.NaN : (double) sumNanos / samples;
    }
}
