package dev.adze.compress.pipeline;

import dev.adze.runtime.model.NetworkTensors;
import java.nio.file.Path;

/**
 * What the table tells of a model.
 *
 * @param precision    of the stored weights; empty where unknown
 * @param architecture in words
 * @param parameters   trained numbers; null where unknown
 * @param macsPerStep  multiply-accumulates of a time step; null where unknown
 * @param file         that holds it
 * @param engine       what ran and timed it
 */
record ModelFacts(String precision, String architecture, Long parameters, Long macsPerStep, Path file, String engine) {
    static ModelFacts of(NetworkTensors tensors, Path file, String kernel) {
        var network = tensors.network();
        return new ModelFacts(tensors.precisions().describe(), Describe.network(network),
                network.parameterCount(), StoredWork.macsPerStep(tensors), file, "adze " + kernel);
    }
}
