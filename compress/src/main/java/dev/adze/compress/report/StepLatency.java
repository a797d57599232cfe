package dev.adze.compress.report;

/**
 * Time of one inference step, measured on the machine that made the report.
 *
 * @param p50Micros median, microseconds
 * @param p99Micros 99th percentile, microseconds; null where there were too few samples for one
 * @param count     samples
 * @param engine    what ran it: {@code adze scalar}, {@code adze vector}, …
 */
public record StepLatency(double p50Micros, Double p99Micros, long count, String engine) {
    public StepLatency {
        engine = engine == null ? "" : engine;
    }
}
