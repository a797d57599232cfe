package dev.adze.compress.recipe;

/**
 * How a forecast's errors become alarms; see {@link dev.adze.runtime.bundle.TaskSpec.Anomaly}.
 *
 * @param smoothing weight of the newest error
 * @param quantile  of the scores of the rows that train and validate: the threshold is {@code factor} times it
 * @param factor    for rows that training has not seen
 */
public record AnomalySpec(double smoothing, double quantile, double factor) {}
