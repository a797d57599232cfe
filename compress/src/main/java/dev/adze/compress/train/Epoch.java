package dev.adze.compress.train;

/**
 * One finished epoch.
 *
 * @param number           1-based
 * @param trainLoss        mean loss of its steps, with dropout and noise on
 * @param validationMetric root mean square error in scaled target units, or mean cross-entropy; lower is better
 * @param learningRate     of its last step
 * @param seconds          since the run's start, over all sittings
 */
public record Epoch(int number, double trainLoss, double validationMetric, double learningRate, double seconds) {}
