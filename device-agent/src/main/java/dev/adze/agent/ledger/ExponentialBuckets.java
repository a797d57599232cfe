package dev.adze.agent.ledger;

import dev.adze.runtime.latency.LatencyCounts;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A latency histogram in the exponential buckets that Prometheus (native histograms) and OpenTelemetry share: bucket
 * {@code i} holds the seconds in {@code (b^(i-1), b^i]} with {@code b = 2^(2^-}{@value #SCHEMA}{@code )}, so that a value
 * read from it is within 1.1 %. A sample whose distance to a bound is below the 0.1 % of {@link LatencyCounts} may lie in
 * the neighbour. Specification: prometheus.io/docs/specs/native_histograms.
 *
 * @param zeros   samples of no duration at all
 * @param indexes of the buckets that are not empty, ascending
 * @param counts  samples in each of them
 */
public record ExponentialBuckets(long zeros, int[] indexes, long[] counts) {
    /** Resolution: 2^5 buckets for every doubling. */
    public static final int SCHEMA = 5;

    public static ExponentialBuckets of(LatencyCounts latencies) {
        SortedMap<Integer, Long> buckets = new TreeMap<>();
        long[] zeros = new long[1];
        latencies.forEach((nanos, count) -> {
            if (nanos == 0) {
                zeros[0] += count;
            } else {
                buckets.merge(index(nanos / 1e9), count, Long::sum);
            }
        });
        return new ExponentialBuckets(zeros[0], buckets.keySet().stream().mapToInt(i -> i).toArray(),
                buckets.values().stream().mapToLong(c -> c).toArray());
    }

    private static int index(double seconds) {
        return (int) Math.ceil(Math.log(seconds) / Math.log(2) * (1 << SCHEMA));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExponentialBuckets(long z, int[] i, long[] c) && zeros == z && Arrays.equals(indexes, i)
                && Arrays.equals(counts, c);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(zeros) + 31 * (Arrays.hashCode(indexes) + 31 * Arrays.hashCode(counts));
    }
}
