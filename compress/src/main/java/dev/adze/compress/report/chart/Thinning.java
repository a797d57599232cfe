package dev.adze.compress.report.chart;

import java.util.BitSet;
import java.util.List;

/** Fewer points for a picture without losing a peak: each pixel column keeps every series' lowest and highest. */
public final class Thinning {
    private Thinning() {}

    /**
     * Indices to keep, ascending: per column and series the lowest and the highest finite value, the first and the
     * last point, and both sides of every gap's edge (a gap that vanished would join two lines).
     *
     * @param x       [points], ascending; columns divide its range evenly
     * @param series  each [points]; NaN is missing
     * @param columns at least 1
     */
    public static int[] keep(double[] x, List<double[]> series, int columns) {
        int points = x.length;
        if (points <= 2L * columns) {
            return range(points);
        }
        BitSet kept = new BitSet(points);
        kept.set(0);
        kept.set(points - 1);
        double low = x[0];
        double span = x[points - 1] - low;
        for (double[] values : series) {
            int start = 0;
            for (int column = 0; column < columns && start < points; column++) {
                int end = start;
                while (end < points && (column == columns - 1 || !(x[end] - low >= span * (column + 1) / columns))) {
                    end++;
                }
                extremes(values, start, end, kept);
                start = end;
            }
            for (int i = 1; i < points; i++) {
                if (Double.isFinite(values[i]) != Double.isFinite(values[i - 1])) {
                    kept.set(i - 1, i + 1);
                }
            }
        }
        return kept.stream().toArray();
    }

    private static void extremes(double[] values, int start, int end, BitSet kept) {
        int lowest = -1;
        int highest = -1;
        for (int i = start; i < end; i++) {
            if (Double.isFinite(values[i])) {
                lowest = lowest < 0 || values[i] < values[lowest] ? i : lowest;
                highest = highest < 0 || values[i] > values[highest] ? i : highest;
            }
        }
        if (lowest >= 0) {
            kept.set(lowest);
            kept.set(highest);
        }
    }

    /** {@code values[indices[i]]}. */
    public static double[] pick(double[] values, int[] indices) {
        double[] picked = new double[indices.length];
        for (int i = 0; i < indices.length; i++) {
            picked[i] = values[indices[i]];
        }
        return picked;
    }

    private static int[] range(int points) {
        int[] all = new int[points];
        for (int i = 0; i < points; i++) {
            all[i] = i;
        }
        return all;
    }
}
