package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.AnomalyScores;
import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.evaluate.Scores;
import dev.adze.compress.recipe.AnomalySpec;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The data in the shape that training and judging need.
 *
 * @param key          hash of the training data and of everything that was done to it
 * @param dataHash     SHA-256 over all input files, held-out ones included
 * @param usual        anomaly detection: the rows that train and validate, to which thresholds are fitted; else null
 * @param anomaly      how they are fitted
 * @param uncappedLife remaining life without the cap, one a held-out series; null for other tasks
 * @param taughtKey    {@code key}, and of the unlabelled data if there is any
 * @param taught       the training windows, then those of the unlabelled data: what a teacher teaches on
 * @param taughtAs     the taught windows again, for a teacher that reads other features than the student
 * @param trainingRows the rows that train, as a device would read them
 * @param notes        what a user should know, one line each
 */
record Prepared(
        String key,
        String dataHash,
        PreprocessSpec preprocess,
        TaskSpec task,
        Windows training,
        Windows validation,
        HeldOut heldOut,
        HeldOut usual,
        AnomalySpec anomaly,
        double[] uncappedLife,
        String taughtKey,
        Windows taught,
        Function<PreprocessSpec, Windows> taughtAs,
        Supplier<HeldOut> trainingRows,
        List<String> notes) {
    /** The task with a threshold that fits a model's forecasts of the usual rows. */
    TaskSpec fitted(List<Evaluator.Predictions> predictions, TaskSpec task) {
        return task.with(new AnomalyScores(task, preprocess).fit(predictions, anomaly.smoothing(), anomaly.quantile(),
                anomaly.factor()));
    }

    /** Published results differ in whether the truth is capped, so both are given; the PHM08 score is of the true life. */
    void addLifeScores(SequencedMap<String, Double> figures, List<Evaluator.Predictions> predictions) {
        if (uncappedLife == null) {
            return;
        }
        double[] predicted = new double[predictions.size()];
        double[] capped = new double[predictions.size()];
        for (int i = 0; i < predicted.length; i++) {
            int last = predictions.get(i).part().rows() - 1;
            predicted[i] = predictions.get(i).predicted()[last];
            capped[i] = predictions.get(i).part().truth()[last];
        }
        figures.put("test.rmse-uncapped", Scores.rmse(predicted, uncappedLife));
        figures.put("test.phm08-score", Scores.phm08(predicted, capped));
        figures.put("test.phm08-score-uncapped", Scores.phm08(predicted, uncappedLife));
    }
}
