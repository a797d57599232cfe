package dev.adze.compress.report;

import dev.adze.compress.report.chart.Thinning;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Forecast against truth over a stretch of the held-out part. NaN marks a missing value; lines break there.
 *
 * @param name        of the output: {@code cpu.total}
 * @param unit        of all values
 * @param axis        what {@code x} holds
 * @param x           [points], ascending: epoch milliseconds (UTC), or a step index
 * @param truth       [points]
 * @param predictions one a stage
 * @param totalPoints points before thinning
 */
public record SeriesComparison(
        String name,
        String unit,
        Axis axis,
        double[] x,
        double[] truth,
        List<Prediction> predictions,
        long totalPoints) {

    /** What the horizontal axis counts. */
    public enum Axis { STEP, EPOCH_MILLIS }

    /** @param values [points], aligned with the comparison's {@code x} */
    public record Prediction(String stage, double[] values) {
        public Prediction {
            Objects.requireNonNull(stage, "prediction stage");
            values = Lists.copy(values);
        }
    }

    public SeriesComparison {
        Objects.requireNonNull(name, "comparison name");
        unit = unit == null ? "" : unit;
        axis = axis == null ? Axis.STEP : axis;
        x = Lists.copy(x);
        truth = Lists.copy(truth);
        predictions = Lists.copy(predictions);
        if (x.length != truth.length) {
            throw new IllegalArgumentException(name + ": " + x.length + " x values, " + truth.length + " of truth");
        }
        for (Prediction prediction : predictions) {
            if (prediction.values().length != x.length) {
                throw new IllegalArgumentException(name + ": " + x.length + " x values, "
                        + prediction.values().length + " of " + prediction.stage());
            }
        }
        totalPoints = Math.max(totalPoints, x.length);
    }

    /**
     * Keeps what a picture of {@code columns} pixel columns can show: in each column the lowest and the highest
     * point of every series (and the points where a series starts and stops being missing), so no peak is lost.
     */
    public SeriesComparison thinned(int columns) {
        List<double[]> series = new ArrayList<>();
        series.add(truth);
        predictions.forEach(prediction -> series.add(prediction.values()));
        int[] kept = Thinning.keep(x, series, columns);
        if (kept.length == x.length) {
            return this;
        }
        List<Prediction> thinned = predictions.stream()
                .map(prediction -> new Prediction(prediction.stage(), Thinning.pick(prediction.values(), kept)))
                .toList();
        return new SeriesComparison(
                name, unit, axis, Thinning.pick(x, kept), Thinning.pick(truth, kept), thinned, totalPoints);
    }
}
