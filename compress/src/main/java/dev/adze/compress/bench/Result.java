package dev.adze.compress.bench;

import dev.adze.runtime.model.Precision;
import java.util.Locale;

/**
 * One engine, or a loop of the machine's limit, in one {@link Heat}.
 *
 * @param subject  what was computed
 * @param version  of the engine; empty if it is ours or does not say
 * @param samples  null where nothing could be measured
 * @param maxError against double precision; NaN where not compared
 * @param leftOut  share of the multiply-accumulates that is left out; NaN where none can be or it is not known
 * @param missing  why there are no samples; null where there are
 */
record Result(Subject subject, String version, Samples samples, double maxError, double leftOut, String missing) {

    /**
     * @param workload name of the model
     * @param name     of the engine or loop
     * @param id       of the engine; {@code limit} of a loop
     * @param threads  that compute a call
     */
    record Subject(String workload, String name, String id, boolean ours, Precision precision, int threads) {
        static final String LIMIT = "limit";

        /** For people: {@code fp32}. */
        String precisionLabel() {
            return precision.name().toLowerCase(Locale.ROOT);
        }

        boolean limit() {
            return id.equals(LIMIT);
        }
    }

    boolean measured() {
        return samples != null && samples.median().value() != null;
    }

    double medianMicros() {
        return measured() ? samples.median().value() : Double.POSITIVE_INFINITY;
    }
}
