package dev.adze.compress.evaluate;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.ForecastErrors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.IntConsumer;

/** Scores of a forecast's errors, by the device's own arithmetic: fitted where all is usual, judged where labels are. */
public final class AnomalyScores {
    private final TaskSpec task;
    private final PreprocessSpec preprocess;
    private final int channels;

    public AnomalyScores(TaskSpec task, PreprocessSpec preprocess) {
        this.task = task;
        this.preprocess = preprocess;
        channels = preprocess.channels().size();
    }

    /**
     * Fits spread and threshold.
     *
     * @param usual     forecasts of rows that are not unusual; rows labelled 1 do not count
     * @param smoothing weight of the newest error
     * @param quantile  of the scores, times {@code factor} is the threshold
     * @throws AdzeException BAD_DATA if no forecast comes due, or all come true exactly
     */
    public TaskSpec.Anomaly fit(List<Evaluator.Predictions> usual, double smoothing, double quantile, double factor) {
        int outputs = task.outputs().size();
        var rows = new ArrayList<double[]>();
        for (var series : usual) {
            var errors = new ForecastErrors(task, preprocess, smoothing);
            walk(series, errors, row -> {
                if (errors.due() && (series.part().labels() == null || series.part().labels()[row] != 1)) {
                    double[] smoothed = new double[outputs];
                    Arrays.setAll(smoothed, errors::smoothed);
                    rows.add(smoothed);
                }
            });
        }
        var spread = new ArrayList<Double>();
        for (int o = 0; o < outputs; o++) {
            double squares = 0;
            for (double[] row : rows) {
                squares += row[o] * row[o];
            }
            double rms = Math.sqrt(squares / rows.size());
            if (!(rms > 0)) {
                throw new AdzeException(AdzeException.Kind.BAD_DATA, "the errors of " + task.outputs().get(o).name() + " are "
                        + (rows.isEmpty() ? "not known" : "all 0") + " in the rows that train and validate, so no threshold can be"
                        + " fitted; give more rows, or a target that varies");
            }
            spread.add(rms);
        }
        double[] scores = rows.stream().mapToDouble(row -> {
            double sum = 0;
            for (int o = 0; o < outputs; o++) {
                sum += row[o] / spread.get(o) * (row[o] / spread.get(o));
            }
            return Math.sqrt(sum / outputs);
        }).sorted().toArray();
        double threshold = factor * scores[(int) Math.min(scores.length - 1, Math.ceil(quantile * scores.length))];
        return new TaskSpec.Anomaly(smoothing, threshold, spread);
    }

    /** Scores of a series, one a row, in units of the threshold; NaN where no forecast had come due. */
    public double[] of(Evaluator.Predictions series) {
        TaskSpec.Anomaly anomaly = task.anomaly().orElseThrow();
        double[] scores = new double[series.part().rows()];
        var errors = new ForecastErrors(task, preprocess, anomaly.smoothing());
        walk(series, errors, row -> scores[row] = errors.score(anomaly));
        return scores;
    }

    private void walk(Evaluator.Predictions series, ForecastErrors errors, IntConsumer atRow) {
        int outputs = task.outputs().size();
        for (int row = 0; row < series.part().rows(); row++) {
            errors.measured(series.part().raw(), row * channels);
            atRow.accept(row);
            if (row >= series.part().judgeFrom()) {
                errors.forecast(series.predicted(), row * outputs);
            }
        }
    }

    /** F1 over the labelled rows of all series together, a row counting as unusual from a score of 1 on. */
    Judgement judgement(List<Evaluator.Predictions> predictions, int block) {
        var alarms = new ArrayList<Boolean>();
        var labels = new ArrayList<Boolean>();
        for (var series : predictions) {
            double[] scores = of(series);
            float[] truth = series.part().labels();
            for (int row = 0; truth != null && row < scores.length; row++) {
                if (!Float.isNaN(truth[row])) {
                    alarms.add(scores[row] >= 1);
                    labels.add(truth[row] == 1);
                }
            }
        }
        if (!labels.contains(true) || !labels.contains(false)) {
            throw new AdzeException(AdzeException.Kind.BAD_DATA, "the held-out part has " + labels.size() + " labelled rows,"
                    + " but not both usual and unusual ones; name the column of labels in task.label, or give more data");
        }
        int[] of = new int[4]; // true negatives, false negatives, false alarms, true alarms
        int[] kinds = new int[labels.size()];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = (alarms.get(i) ? 2 : 0) + (labels.get(i) ? 1 : 0);
            of[kinds[i]]++;
        }
        SequencedMap<String, Double> all = new LinkedHashMap<>();
        all.put("test.f1", f1(of));
        all.put("test.false-alarm-rate", of[2] / (double) (of[2] + of[0]));
        all.put("test.missed-alarm-rate", of[1] / (double) (of[1] + of[3]));
        all.put("test.samples", (double) kinds.length);
        var interval = Bootstrap.interval(kinds.length, block, 1, choice -> {
            int[] drawn = new int[4];
            for (int i : choice) {
                drawn[kinds[i]]++;
            }
            return f1(drawn);
        });
        return new Judgement(new Judgement.Figure("F1", "", f1(of), true), interval, all);
    }

    private static double f1(int[] of) {
        int wrong = of[1] + of[2];
        return of[3] == 0 ? 0 : 2.0 * of[3] / (2.0 * of[3] + wrong);
    }
}
