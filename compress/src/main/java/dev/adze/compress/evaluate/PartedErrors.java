package dev.adze.compress.evaluate;

import java.util.List;

/** Root mean square errors of one output, parted by series, by time or by the true value. NaN where a part has none. */
public record PartedErrors(List<Evaluator.Predictions> predictions, int outputs, int output) {
    private interface Part {
        /** Number of the part a judged row belongs to. */
        int of(int series, HeldOut.Part part, int row);
    }

    /** [series], in order. */
    public double[] bySeries() {
        return parted(predictions.size(), (series, part, row) -> series);
    }

    /** [parts] stretches of the same number of judged rows of each series, from first to last. */
    public double[] byTime(int parts) {
        return parted(parts, (series, part, row) ->
                (int) ((long) (row - part.judgeFrom()) * parts / (part.rows() - part.judgeFrom())));
    }

    /** [parts] of the same width between {@code low} and {@code high}; true values outside belong to the outermost. */
    public double[] byTruth(double low, double high, int parts) {
        return parted(parts, (series, part, row) -> Math.clamp(
                (int) ((part.truth()[row * outputs + output] - low) / (high - low) * parts), 0, parts - 1));
    }

    private double[] parted(int parts, Part parting) {
        double[] squares = new double[parts];
        long[] counts = new long[parts];
        for (int series = 0; series < predictions.size(); series++) {
            Evaluator.Predictions of = predictions.get(series);
            for (int row = of.part().judgeFrom(); row < of.part().rows(); row++) {
                int at = row * outputs + output;
                double error = of.predicted()[at] - (double) of.part().truth()[at];
                if (Double.isFinite(error)) {
                    int part = parting.of(series, of.part(), row);
                    squares[part] += error * error;
                    counts[part]++;
                }
            }
        }
        for (int part = 0; part < parts; part++) {
            squares[part] = counts[part] == 0 ? Double.NaN : Math.sqrt(squares[part] / counts[part]);
        }
        return squares;
    }
}
