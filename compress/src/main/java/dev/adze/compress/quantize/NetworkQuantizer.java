package dev.adze.compress.quantize;

import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Post-training int8 quantization of a whole network: matrices of recurrent layers per row, all else as it
 * is (under 1 % of the bytes). Activations need no calibration: hidden values lie in (-1, 1) and are quantized
 * at the fixed scale 1/127, inputs by their own largest value at every step (docs/arithmetic.md).
 */
public final class NetworkQuantizer {
    private NetworkQuantizer() {}

    public static NetworkTensors int8(Weights weights) {
        var tensors = new LinkedHashMap<String, Tensor>();
        RecurrentNetwork network = weights.network();
        for (int i = 0; i < network.layers().size(); i++) {
            quantize(weights, i, network.layers().get(i), tensors);
        }
        return new NetworkTensors(network, Precision.INT8, tensors);
    }

    private static void quantize(Weights weights, int index, Layer layer, SequencedMap<String, Tensor> tensors) {
        for (TensorSpec spec : layer.tensors()) {
            String name = RecurrentNetwork.tensorName(index, spec.name());
            float[] values = weights.tensors().get(name);
            if (!layer.isRecurrentMatrix(spec)) {
                tensors.put(name, Tensor.of(spec.shape(), values));
                continue;
            }
            QuantizedTensor quantized = Int8Quantizer.perRow(values, spec.shape().getFirst());
            tensors.put(name, Tensor.of(spec.shape(), quantized.values()));
            tensors.put(name + ".scale", Tensor.of(spec.shape().subList(0, 1), quantized.scales()));
        }
    }
}
