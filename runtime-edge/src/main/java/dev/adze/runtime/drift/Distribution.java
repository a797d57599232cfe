package dev.adze.runtime.drift;

import java.util.Arrays;
import java.util.TreeSet;

/**
 * How values lay, as a sketch of fixed size: how many fell between the quantiles of the values themselves. Bin i holds the
 * values above edge i - 1 and up to edge i; the first edge lies just below the least value and the last is the greatest, so
 * that the first and last bins are empty here, and tell of values elsewhere that are beyond all of these.
 *
 * @param edges   strictly ascending, finite; empty if there were no values
 * @param counts  one more than edges
 * @param missing how many values were missing
 */
public record Distribution(double[] edges, long[] counts, long missing) {
    /** Twenty quantiles: a Kolmogorov-Smirnov distance is then at most 0.05 too small where values are continuous. */
    public static final int QUANTILES = 20;
    public static final int MAX_EDGES = 1000;
    /** In place of 0, for which the stability index has no value: half a count, as if one had nearly been seen. */
    private static final double NO_COUNT = 0.5;

    /** @throws IllegalArgumentException if the parts do not fit together */
    public Distribution {
        edges = edges.clone();
        counts = counts.clone();
        boolean fits = counts.length == edges.length + 1 && edges.length <= MAX_EDGES && missing >= 0;
        for (int i = 0; fits && i < edges.length; i++) {
            fits = Double.isFinite(edges[i]) && (i == 0 || edges[i] > edges[i - 1]);
        }
        if (!fits || Arrays.stream(counts).anyMatch(n -> n < 0)) {
            throw new IllegalArgumentException("a distribution of " + edges.length + " edges and " + counts.length
                    + " counts: edges must rise, and there must be one more count, none negative");
        }
    }

    /** @param values NaN where one is missing */
    public static Distribution of(double[] values) {
        double[] sorted = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
        long missing = values.length - sorted.length;
        if (sorted.length == 0) {
            return new Distribution(new double[0], new long[1], missing);
        }
        var edges = new TreeSet<Double>();
        edges.add(Math.nextDown(sorted[0]));
        for (int i = 1; i <= QUANTILES; i++) {
            edges.add(sorted[(int) (((long) i * sorted.length + QUANTILES - 1) / QUANTILES) - 1]);
        }
        double[] ascending = edges.stream().mapToDouble(e -> e).toArray();
        var empty = new Distribution(ascending, new long[ascending.length + 1], missing);
        long[] counts = new long[ascending.length + 1];
        for (double value : sorted) {
            counts[empty.bin(value)]++;
        }
        return new Distribution(ascending, counts, missing);
    }

    /** The bin of a value that is not missing. */
    public int bin(double value) {
        int low = 0;
        int high = edges.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (value <= edges[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    public int bins() {
        return counts.length;
    }

    /** How many values there were. */
    public long total() {
        return sum(counts);
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /**
     * Population stability index of other values, counted in these bins: {@code sum((a - e) * ln(a / e))} over the shares a of
     * those and e of these (Siddiqi, Credit Risk Scorecards, 2006: below 0.1 little has changed, above 0.25 much; the same as
     * Jeffreys' divergence of 1946). A count of 0 stands for half of one where the other is not 0. NaN if either has no values.
     */
    public double stabilityIndex(long[] others) {
        double all = total();
        double allOthers = sum(others);
        if (all == 0 || allOthers == 0) {
            return Double.NaN;
        }
        double index = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0 || others[i] != 0) {
                double expected = Math.max(counts[i], NO_COUNT) / all;
                double actual = Math.max(others[i], NO_COUNT) / allOthers;
                index += (actual - expected) * Math.log(actual / expected);
            }
        }
        return index;
    }

    /**
     * Kolmogorov-Smirnov distance of other values, counted in these bins: the largest difference of the two shares at or below
     * an edge. Exact for values that are edges; otherwise too small by at most the share of a bin. NaN if either has no values.
     */
    public double kolmogorovSmirnov(long[] others) {
        double all = total();
        double allOthers = sum(others);
        if (all == 0 || allOthers == 0) {
            return Double.NaN;
        }
        double largest = 0;
        long below = 0;
        long othersBelow = 0;
        for (int i = 0; i < counts.length; i++) {
            below += counts[i];
            othersBelow += others[i];
            largest = Math.max(largest, Math.abs(below / all - othersBelow / allOthers));
        }
        return largest;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Distribution(double[] e, long[] c, long m) && Arrays.equals(edges, e) && Arrays.equals(counts, c)
                && missing == m;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(missing) + 31 * (Arrays.hashCode(edges) + 31 * Arrays.hashCode(counts));
    }

    @Override
    public String toString() {
        return "Distribution[" + Arrays.toString(edges) + ", " + Arrays.toString(counts) + ", " + missing + " missing]";
    }
}
