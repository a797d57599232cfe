package dev.adze.runtime.bundle;

import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.SequencedMap;

/**
 * A bundle's {@code manifest.json}; docs/bundle-format.md is the specification.
 *
 * @param name       of the model, letters, digits, dot, dash and underscore
 * @param network    architecture
 * @param precision  of the stored weights
 * @param preprocess from raw channels to the network's input
 * @param task       what comes out
 * @param metrics    measured on the held-out part, by name ({@code test.rmse}); names carry their split
 * @param provenance where it comes from: {@code recipe}, {@code recipeSha256}, {@code dataSha256}, {@code seed},
 *                   {@code adzeVersion}, {@code created} (ISO 8601)
 * @param tolerance  largest difference allowed between a golden output and what a device computes
 */
public record Manifest(
        String name,
        RecurrentNetwork network,
        Precision precision,
        PreprocessSpec preprocess,
        TaskSpec task,
        SequencedMap<String, Double> metrics,
        SequencedMap<String, String> provenance,
        Tolerance tolerance) {

    public enum Precision { FP32, FP16, INT8, INT4 }

    /** |actual - golden| must be at most {@code absolute + relative * |golden|}, in the network's (scaled) output units. */
    public record Tolerance(double absolute, double relative) {}
}
