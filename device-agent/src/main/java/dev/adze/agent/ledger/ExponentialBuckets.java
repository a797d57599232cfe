package dev.adze.agent.ledger;

import dev.adze.runtime.latency.LatencyCounts;
import java.util.Arrays;
import java.util.stream.IntStream;

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
        if (latencies.count() == 0) {
            return new ExponentialBuckets(0, new int[0], new long[0]);
        }
        // Ascending, so that they lie between those of the first and the last sample.
        int first = index(Math.max(1, latencies.min().getAsLong()) / 1e9);
        long[] dense = new long[index(Math.max(1, latencies.max().getAsLong()) / 1e9) - first + 1];
        long[] zeros = new long[1];
        latencies.forEach((nanos, count) -> {
            if (nanos == 0) {
                zeros[0] += count;
            } else {
                dense[index(nanos / 1e9) - first] += count;
            }
        });
        int[] indexes = IntStream.range(0, dense.length).filter(i -> dense[i] > 0).toArray();
        long[] counts = IntStream.of(indexes).mapToLong(i -> dense[i]).toArray();
        return new ExponentialBuckets(zeros[0], IntStream.of(indexes).map(i -> i + first).toArray(), counts);
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
