package dev.adze.compress.evaluate;

import dev.adze.runtime.bundle.TaskSpec;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.DoubleUnaryOperator;

/**
 * Errors of a forecast of many steps in units of the outputs' scale, as forecasting papers give them: means over all
 * samples, steps and channels.
 *
 * @param errors {@code [outputs][samples]}
 */
record ScaledErrors(TaskSpec task, double[][] errors) {
    static ScaledErrors of(TaskSpec task, double[][] predicted, double[][] truth) {
        double[][] errors = new double[truth.length][truth[0].length];
        for (int o = 0; o < errors.length; o++) {
            double scale = task.outputs().get(o).scale();
            for (int i = 0; i < errors[o].length; i++) {
                errors[o][i] = (predicted[o][i] - truth[o][i]) / scale;
            }
        }
        return new ScaledErrors(task, errors);
    }

    /** @param all receives every figure: over all outputs, a channel, and a step at the horizon's ends */
    Judgement judgement(int block, SequencedMap<String, Double> all) {
        double[] squares = perSample(e -> e * e);
        double mse = mean(squares);
        all.put("test.scaled-mse", mse);
        all.put("test.scaled-mae", mean(perSample(Math::abs)));
        all.put("test.samples", (double) squares.length);
        var channels = new LinkedHashMap<String, double[]>();
        for (int o = 0; o < errors.length; o++) {
            String name = task.outputs().get(o).ahead().map(TaskSpec.Ahead::channel).orElse(task.outputs().get(o).name());
            double[] sum = channels.computeIfAbsent(name, _ -> new double[2]);
            for (double e : errors[o]) {
                sum[0] += e * e;
                sum[1]++;
            }
        }
        channels.forEach((name, sum) -> all.put("test.scaled-mse." + name, sum[0] / sum[1]));
        var interval = Bootstrap.interval(squares.length, block, 1, choice -> {
            double sum = 0;
            for (int i : choice) {
                sum += squares[i];
            }
            return sum / choice.length;
        });
        return new Judgement(new Judgement.Figure("scaled MSE", "", mse, false), interval, all);
    }

    /** Means over the outputs, one a sample. */
    private double[] perSample(DoubleUnaryOperator of) {
        double[] means = new double[errors[0].length];
        for (double[] output : errors) {
            for (int i = 0; i < means.length; i++) {
                means[i] += of.applyAsDouble(output[i]) / errors.length;
            }
        }
        return means;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v;
        }
        return sum / values.length;
    }
}
