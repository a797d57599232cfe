package dev.adze.compress.report;

import java.util.List;
import java.util.Objects;

/**
 * One model of a run: the teacher, the student, the student in 8 bits.
 *
 * @param name            shown everywhere: {@code teacher}, {@code student fp32}, {@code student int8}
 * @param precision       of the stored weights: {@code fp32}, {@code int8}
 * @param architecture    in words: {@code 2 × LSTM 560, dense 1}
 * @param parameters      trained numbers; null where unknown (a foreign teacher)
 * @param macsPerStep     multiply-accumulates of one time step; null where unknown
 * @param fileBytes       size of the bundle; null where none was written
 * @param metric          the figure that stages are compared by, on the held-out part
 * @param moreMetrics     further figures, in the order to show
 * @param latency         of one step; null where it was not measured
 * @param latencyMissing  why {@code latency} is null; null where it is present
 * @param notes           one line each
 */
public record StageResult(
        String name,
        String precision,
        String architecture,
        Long parameters,
        Long macsPerStep,
        Long fileBytes,
        Metric metric,
        List<Metric> moreMetrics,
        StepLatency latency,
        String latencyMissing,
        List<String> notes) {

    public StageResult {
        Objects.requireNonNull(name, "stage name");
        Objects.requireNonNull(metric, "stage metric");
        precision = precision == null ? "" : precision;
        architecture = architecture == null ? "" : architecture;
        moreMetrics = Lists.copy(moreMetrics);
        notes = Lists.copy(notes);
    }
}
