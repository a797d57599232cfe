package dev.adze.compress.report;

import dev.adze.compress.report.chart.Thinning;
import java.util.ArrayList;
import java.util.Arrays;
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
     * The stretch of so many points in which the truth moves most (largest sum of absolute steps between neighbours),
     * at full resolution: where a picture of the whole series is too dense to tell lines apart. The comparison itself
     * where it is not longer than that.
     */
    public SeriesComparison liveliest(int points) {
        if (points < 2) {
            throw new IllegalArgumentException("a stretch of " + points + " points");
        }
        if (x.length <= points) {
            return this;
        }
        double moved = 0;
        double most = -1;
        int start = 0;
        for (int end = 1; end < x.length; end++) {
            moved += step(end);
            if (end >= points) {
                moved -= step(end - points + 1);
            }
            if (end >= points - 1 && moved > most) {
                most = moved;
                start = end - points + 1;
            }
        }
        int from = start;
        int to = start + points;
        return new SeriesComparison(name, unit, axis, Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(truth, from, to),
                predictions.stream().map(prediction -> new Prediction(
                        prediction.stage(), Arrays.copyOfRange(prediction.values(), from, to))).toList(), points);
    }

    private double step(int i) {
        double step = Math.abs(truth[i] - truth[i - 1]);
        return Double.isFinite(step) ? step : 0;
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
