package dev.adze.compress.report;

import java.util.List;
import java.util.Objects;

/**
 * What training one stage printed, epoch by epoch.
 *
 * @param stage      name of the stage
 * @param lossName   {@code MSE}, {@code Huber + hints}
 * @param metricName validation figure: {@code validation RMSE}
 * @param metricUnit its unit; empty for a pure number
 * @param bestEpoch  the epoch whose weights were kept; null where the last was
 * @param epochs     in order
 */
public record TrainingCurve(
        String stage, String lossName, String metricName, String metricUnit, Integer bestEpoch, List<Epoch> epochs) {

    public TrainingCurve {
        Objects.requireNonNull(stage, "curve stage");
        lossName = lossName == null ? "loss" : lossName;
        metricName = metricName == null ? "validation metric" : metricName;
        metricUnit = metricUnit == null ? "" : metricUnit;
        epochs = Lists.copy(epochs);
    }

    /**
     * @param epoch            counted from 1
     * @param trainLoss        mean over the epoch
     * @param validationMetric on the validation part after the epoch; NaN where it was not measured
     * @param learningRate     at the end of the epoch
     * @param seconds          wall time of the epoch
     */
    public record Epoch(int epoch, double trainLoss, double validationMetric, double learningRate, double seconds) {}
}
