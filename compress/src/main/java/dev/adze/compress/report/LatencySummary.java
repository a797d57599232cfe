package dev.adze.compress.report;

import java.util.Objects;

/**
 * Latency of one stage of the live agent, microseconds. A percentile is null where the samples were too few for it.
 *
 * @param stage {@code lateness}, {@code read}, {@code preprocess}, {@code infer}, {@code report}, {@code total}
 * @param count samples
 */
public record LatencySummary(
        String stage, long count, Double p50, Double p90, Double p99, Double p999, Double max) {
    public LatencySummary {
        Objects.requireNonNull(stage, "latency stage");
    }
}
