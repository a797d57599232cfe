package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.report.SeriesComparison;
import java.util.List;
import java.util.stream.IntStream;

/** A stretch of one held-out series to draw: rows {@code [from, from + rows)} of series {@code index}. */
record HeldOutStretch(Evaluator.Predictions series, int index, int from, int rows) {
    /** The judged end of the longest series, at most {@code limit} rows. */
    static HeldOutStretch longest(List<Evaluator.Predictions> predictions, int limit) {
        int longest = 0;
        for (int i = 1; i < predictions.size(); i++) {
            if (predictions.get(i).part().rows() > predictions.get(longest).part().rows()) {
                longest = i;
            }
        }
        var part = predictions.get(longest).part();
        int from = Math.max(part.judgeFrom(), part.rows() - limit);
        return new HeldOutStretch(predictions.get(longest), longest, from, part.rows() - from);
    }

    SeriesComparison.Axis axis() {
        return series.part().timestamps() == null ? SeriesComparison.Axis.STEP : SeriesComparison.Axis.EPOCH_MILLIS;
    }

    /** When the predicted value happens: the row's time (or number) and the horizon later. */
    double[] x(long horizonMillis) {
        return rowIndices().mapToDouble(row ->
                series.part().timestamps() == null ? row : series.part().timestamps()[row] + horizonMillis).toArray();
    }

    double[] truth(int output, int outputs) {
        return rowIndices().mapToDouble(row -> series.part().truth()[row * outputs + output]).toArray();
    }

    double[] predicted(List<Evaluator.Predictions> predictions, int output, int outputs) {
        return rowIndices().mapToDouble(row -> predictions.get(index).predicted()[row * outputs + output]).toArray();
    }

    private IntStream rowIndices() {
        return IntStream.range(from, from + rows);
    }
}
