package dev.adze.compress.export;

import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.model.DataType;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * What the writers take: a network with its weights, and, of a bundle, the manifest, from which names, units, scaling
 * and window length come. Copies of the weights are held, so that a bundle's file may be closed.
 */
public final class ExportModel {
    private final Weights weights;
    private final NetworkTensors int8;
    private final boolean storedInt8;
    private final Manifest manifest;

    private ExportModel(Weights weights, NetworkTensors int8, boolean storedInt8, Manifest manifest) {
        this.weights = weights;
        this.int8 = int8;
        this.storedInt8 = storedInt8;
        this.manifest = manifest;
    }

    /** A bare network: exports of it have scaled outputs alone and no metadata about channels. */
    public static ExportModel of(Weights weights) {
        return new ExportModel(weights, NetworkQuantizer.int8(weights), false, null);
    }

    /** A bundle's model; the weights of an int8 bundle stay bit for bit what they are in per-row forms. */
    public static ExportModel of(Bundle bundle) {
        Weights weights = bundle.weights().toWeights();
        boolean int8 = bundle.weights().precision() == Precision.INT8;
        return new ExportModel(weights, int8 ? copy(bundle.weights()) : NetworkQuantizer.int8(weights), int8,
                bundle.manifest());
    }

    public RecurrentNetwork network() {
        return weights.network();
    }

    /** fp32 weights; of a bundle of integers, {@code q * scale}. */
    public Weights weights() {
        return weights;
    }

    /** int8 weights with a scale a row: the bundle's own, or quantized from fp32 as {@code adze quantize} does. */
    public NetworkTensors int8() {
        return int8;
    }

    /** Whether the model came with int8 weights, so that the runtime computes in int8. */
    public boolean storedInt8() {
        return storedInt8;
    }

    public Optional<Manifest> manifest() {
        return Optional.ofNullable(manifest);
    }

    private static NetworkTensors copy(NetworkTensors mapped) {
        var tensors = new LinkedHashMap<String, Tensor>();
        mapped.tensors().forEach((name, tensor) -> tensors.put(name, tensor.type() == DataType.I8
                ? Tensor.of(tensor.shape(), tensor.toBytes()) : Tensor.of(tensor.shape(), tensor.toFloats())));
        return new NetworkTensors(mapped.network(), mapped.precisions(), tensors);
    }
}
