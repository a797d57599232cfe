package dev.adze.compress.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * Histograms over the same bins: of signed errors (prediction minus truth) on the held-out part, one a stage; of weights
 * or activations, one a gate.
 *
 * @param name   of the output, or of what the values are
 * @param unit   of the values
 * @param edges  [bins + 1], ascending
 * @param stages one histogram a stage or gate
 */
public record Histograms(String name, String unit, double[] edges, List<Histogram> stages) {

    /**
     * @param stage      or gate
     * @param counts     [bins]
     * @param below      values under the first edge
     * @param above      values over the last edge
     * @param mean       of all finite values (of errors: the bias)
     * @param deviation  standard deviation (n - 1)
     * @param q05        5 % quantile
     * @param median     50 % quantile
     * @param q95        95 % quantile
     * @param worst      largest absolute value
     */
    public record Histogram(
            String stage,
            long[] counts,
            long below,
            long above,
            double mean,
            double deviation,
            double q05,
            double median,
            double q95,
            double worst) {
        public Histogram {
            Objects.requireNonNull(stage, "histogram stage");
            counts = Lists.copy(counts);
        }

        long total() {
            return Arrays.stream(counts).sum() + below + above;
        }
    }

    public Histograms {
        Objects.requireNonNull(name, "distribution name");
        unit = unit == null ? "" : unit;
        edges = Lists.copy(edges);
        stages = Lists.copy(stages);
        for (Histogram histogram : stages) {
            if (histogram.counts().length != Math.max(0, edges.length - 1)) {
                throw new IllegalArgumentException(name + ": " + edges.length + " edges, "
                        + histogram.counts().length + " counts of " + histogram.stage());
            }
        }
    }

    /**
     * Bins between the 0.5 % and the 99.5 % quantile of all histograms' values together, widened to hold zero, so one
     * outlier does not squeeze the picture; what lies outside is counted beside. Non-finite values are left out.
     *
     * @param valuesByName by name of the histogram
     */
    public static Histograms of(
            String name, String unit, int bins, SequencedMap<String, double[]> valuesByName) {
        double[] all = valuesByName.values().stream()
                .flatMapToDouble(Arrays::stream).filter(Double::isFinite).sorted().toArray();
        double low = all.length == 0 ? -1 : Math.min(0, quantile(all, 0.005));
        double high = all.length == 0 ? 1 : Math.max(0, quantile(all, 0.995));
        if (!(high - low > 0)) {
            low -= 0.5;
            high += 0.5;
        }
        double[] edges = new double[bins + 1];
        for (int i = 0; i <= bins; i++) {
            edges[i] = low + (high - low) * i / bins;
        }
        List<Histogram> stages = new ArrayList<>();
        valuesByName.forEach((stage, errors) -> stages.add(histogram(stage, errors, edges)));
        return new Histograms(name, unit, edges, stages);
    }

    private static Histogram histogram(String stage, double[] errors, double[] edges) {
        double[] sorted = Arrays.stream(errors).filter(Double::isFinite).sorted().toArray();
        int bins = edges.length - 1;
        double low = edges[0];
        double high = edges[bins];
        long[] counts = new long[bins];
        long below = 0;
        long above = 0;
        for (double error : sorted) {
            if (error < low) {
                below++;
            } else if (error > high) {
                above++;
            } else {
                counts[Math.clamp((int) ((error - low) / (high - low) * bins), 0, bins - 1)]++;
            }
        }
        double mean = Arrays.stream(sorted).average().orElse(Double.NaN);
        double squares = Arrays.stream(sorted).map(error -> (error - mean) * (error - mean)).sum();
        double deviation = sorted.length < 2 ? Double.NaN : Math.sqrt(squares / (sorted.length - 1));
        double worst = sorted.length == 0
                ? Double.NaN : Math.max(Math.abs(sorted[0]), Math.abs(sorted[sorted.length - 1]));
        return new Histogram(stage, counts, below, above, mean, deviation,
                quantile(sorted, 0.05), quantile(sorted, 0.5), quantile(sorted, 0.95), worst);
    }

    /** Linear interpolation between order statistics (Hyndman and Fan 1996, type 7). */
    static double quantile(double[] sorted, double p) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double position = p * (sorted.length - 1);
        int index = (int) position;
        double next = sorted[Math.min(index + 1, sorted.length - 1)];
        return sorted[index] + (position - index) * (next - sorted[index]);
    }
}
