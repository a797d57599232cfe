package dev.adze.compress.evaluate;

import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Figures of one model on the held-out part.
 *
 * @param main     the figure that stages are compared by: the root mean square error for one output; for several the mean
 *                 over the outputs of the root mean square error in scaled units; for a forecast of many steps the mean
 *                 square error in scaled units over all, as published; accuracy for classes; F1 for anomalies
 * @param interval 95 %, by bootstrap
 * @param all      every figure by name, {@code test.rmse.NAME} and the like
 */
public record Judgement(Figure main, Bootstrap.Interval interval, SequencedMap<String, Double> all) {
    /** @param unit empty for a pure number */
    public record Figure(String name, String unit, double value, boolean higherIsBetter) {}

    /** Pairs that are judged, in the outputs' units. */
    private record Pairs(double[][] predicted, double[][] truth) {
        int count() {
            return truth[0].length;
        }
    }

    /**
     * @param preprocess what the model reads
     * @param block      samples that a bootstrap block holds together; 1 for independent units
     */
    public static Judgement of(TaskSpec task, PreprocessSpec preprocess, List<Evaluator.Predictions> predictions, int block) {
        return switch (task.kind()) {
            case CLASSIFICATION -> classification(task, predictions, block);
            case ANOMALY -> new AnomalyScores(task, preprocess).judgement(predictions, block);
            case REGRESSION, FORECAST -> regression(task, predictions, block);
        };
    }

    private static Judgement regression(TaskSpec task, List<Evaluator.Predictions> predictions, int block) {
        Pairs pairs = pairs(predictions, task.outputs().size(), task.outputs().size());
        var all = new LinkedHashMap<String, Double>();
        if (task.manySteps()) {
            return ScaledErrors.of(task, pairs.predicted(), pairs.truth()).judgement(block, all);
        }
        for (int o = 0; o < task.outputs().size(); o++) {
            String name = task.outputs().size() == 1 ? "" : "." + task.outputs().get(o).name();
            all.put("test.rmse" + name, Scores.rmse(pairs.predicted()[o], pairs.truth()[o]));
            all.put("test.mae" + name, Scores.mae(pairs.predicted()[o], pairs.truth()[o]));
        }
        all.put("test.samples", (double) pairs.count());
        var interval = Bootstrap.interval(pairs.count(), block, 1, choice -> error(task, pairs, choice));
        double value = error(task, pairs, null);
        if (task.outputs().size() == 1) {
            return new Judgement(new Figure("RMSE", task.outputs().getFirst().unit(), value, false), interval, all);
        }
        all.put("test.scaled-rmse", value);
        return new Judgement(new Figure("scaled RMSE", "", value, false), interval, all);
    }

    /** Root mean square error; of several outputs in units of their scale, and the mean over them. */
    private static double error(TaskSpec task, Pairs pairs, int[] choice) {
        int outputs = task.outputs().size();
        int count = choice == null ? pairs.count() : choice.length;
        double sum = 0;
        for (int o = 0; o < outputs; o++) {
            double squares = 0;
            for (int i = 0; i < count; i++) {
                int at = choice == null ? i : choice[i];
                double d = pairs.predicted()[o][at] - pairs.truth()[o][at];
                squares += d * d;
            }
            double rmse = Math.sqrt(squares / count);
            sum += outputs == 1 ? rmse : rmse / task.outputs().get(o).scale();
        }
        return sum / outputs;
    }

    private static Judgement classification(TaskSpec task, List<Evaluator.Predictions> predictions, int block) {
        Pairs logits = pairs(predictions, task.outputs().size(), 1);
        double[] truth = logits.truth()[0];
        double[] chosen = new double[truth.length];
        for (int i = 0; i < chosen.length; i++) {
            for (int o = 1; o < task.outputs().size(); o++) {
                if (logits.predicted()[o][i] > logits.predicted()[(int) chosen[i]][i]) {
                    chosen[i] = o;
                }
            }
        }
        var all = new LinkedHashMap<String, Double>();
        double accuracy = Scores.accuracy(chosen, truth);
        all.put("test.accuracy", accuracy);
        all.put("test.samples", (double) truth.length);
        var interval = Bootstrap.interval(truth.length, block, 1, choice -> {
            int right = 0;
            for (int i : choice) {
                right += chosen[i] == truth[i] ? 1 : 0;
            }
            return right / (double) choice.length;
        });
        return new Judgement(new Figure("accuracy", "", accuracy, true), interval, all);
    }

    private static Pairs pairs(List<Evaluator.Predictions> predictions, int outputs, int truths) {
        var predicted = new ArrayList<float[]>();
        var truth = new ArrayList<float[]>();
        for (var series : predictions) {
            for (int row = 0; row < series.part().rows(); row++) {
                float[] p = java.util.Arrays.copyOfRange(series.predicted(), row * outputs, (row + 1) * outputs);
                float[] t = java.util.Arrays.copyOfRange(series.part().truth(), row * truths, (row + 1) * truths);
                if (allValid(p) && allValid(t)) {
                    predicted.add(p);
                    truth.add(t);
                }
            }
        }
        if (predicted.isEmpty()) {
            throw new dev.adze.runtime.AdzeException(dev.adze.runtime.AdzeException.Kind.BAD_DATA,
                    "the held-out part has no row with a target: give more data or a larger test share");
        }
        return new Pairs(columns(predicted, outputs), columns(truth, truths));
    }

    private static boolean allValid(float[] values) {
        for (float v : values) {
            if (Float.isNaN(v)) {
                return false;
            }
        }
        return true;
    }

    private static double[][] columns(List<float[]> rows, int width) {
        double[][] columns = new double[width][rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            for (int c = 0; c < width; c++) {
                columns[c][i] = rows.get(i)[c];
            }
        }
        return columns;
    }
}
