package dev.adze.runtime.latency;

/**
 * The percentiles that are reported, each with the number of samples below which it is not: in fewer, less than about
 * ten samples lie above it and the figure would be an anecdote.
 */
public enum Percentile {
    P50("p50", 0.5, 20),
    P90("p90", 0.9, 100),
    P99("p99", 0.99, 1_000),
    P99_9("p99.9", 0.999, 10_000);

    private final String label;
    private final double fraction;
    private final long minimumSamples;

    Percentile(String label, double fraction, long minimumSamples) {
        this.label = label;
        this.fraction = fraction;
        this.minimumSamples = minimumSamples;
    }

    /** For people and for JSON keys: {@code p99.9}. */
    public String label() {
        return label;
    }

    /** Between 0 and 1. */
    public double fraction() {
        return fraction;
    }

    public long minimumSamples() {
        return minimumSamples;
    }
}
