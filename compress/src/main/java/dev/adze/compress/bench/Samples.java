package dev.adze.compress.bench;

import dev.adze.runtime.latency.LatencyCounts;
import dev.adze.runtime.latency.LatencyHistogram;
import dev.adze.runtime.latency.Percentile;
import java.util.Arrays;

/**
 * What was measured of one subject, round by round.
 *
 * <p>Calls of one round share what the machine did in that round, so they are no independent samples; rounds nearly
 * are. The median is therefore that of the rounds' medians, with an interval from their order statistics. The 99th
 * percentile is that of all calls, which is about rare calls, and its interval is narrower than the truth where slow
 * calls come in bursts.
 */
final class Samples {
    private static final double CONFIDENCE = 0.95;
    /** Histograms hold whole nanoseconds to 0.1 %; ratios go in as millionths. */
    private static final double RATIO_UNIT = 1e6;

    private final double[] roundMedians;
    private final LatencyHistogram medians = new LatencyHistogram();
    private final LatencyHistogram single = new LatencyHistogram();
    private long calls;

    Samples(int rounds) {
        roundMedians = new double[rounds];
        Arrays.fill(roundMedians, Double.NaN);
    }

    /**
     * @param nanos   of a call, one value a sample; sorted in place
     * @param repeats calls whose mean a sample is
     */
    void add(int round, double[] nanos, int repeats) {
        Arrays.sort(nanos);
        int n = nanos.length;
        double median = (nanos[(n - 1) / 2] + nanos[n / 2]) / 2;
        roundMedians[round] = median;
        medians.record(Math.round(median));
        calls += (long) n * repeats;
        if (repeats == 1) {
            for (double value : nanos) {
                single.record(Math.round(value));
            }
        }
    }

    /** An estimate with its interval; all three null where there are too few samples, the ends where only they lack. */
    record Estimate(Double value, Double low, Double high) {
        static final Estimate NONE = new Estimate(null, null, null);
    }

    /** Median in microseconds. */
    Estimate median() {
        return estimate(medians, Percentile.P50, 1e3);
    }

    /** 99th percentile of all calls in microseconds; none where only means of several calls were timed. */
    Estimate p99() {
        return estimate(single, Percentile.P99, 1e3);
    }

    long calls() {
        return calls;
    }

    /** Rounds in which this subject took part. */
    long rounds() {
        return medians.count();
    }

    /** Median over the rounds, in which both took part, of this subject's time over the other's. */
    Estimate ratioTo(Samples other) {
        var ratios = new LatencyHistogram();
        for (int round = 0; round < roundMedians.length; round++) {
            double ratio = roundMedians[round] / other.roundMedians[round];
            if (Double.isFinite(ratio)) {
                ratios.record(Math.round(ratio * RATIO_UNIT));
            }
        }
        return estimate(ratios, Percentile.P50, RATIO_UNIT);
    }

    private static Estimate estimate(LatencyHistogram histogram, Percentile percentile, double unit) {
        LatencyCounts counts = histogram.counts();
        if (counts.percentile(percentile).isEmpty()) {
            return Estimate.NONE;
        }
        double value = counts.percentile(percentile).getAsLong() / unit;
        LatencyHistogram.Interval interval = counts.interval(percentile, CONFIDENCE);
        return interval == null ? new Estimate(value, null, null)
                : new Estimate(value, interval.lowNanos() / unit, interval.highNanos() / unit);
    }
}
