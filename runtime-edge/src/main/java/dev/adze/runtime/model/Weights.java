package dev.adze.runtime.model;

import dev.adze.runtime.AdzeException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Trained fp32 tensors of a network by full name ({@code layers.0.weight_ih}), row-major. Used while training,
 * quantizing and exporting; the device maps its weights from the bundle instead.
 */
public record Weights(RecurrentNetwork network, SequencedMap<String, float[]> tensors) {
    public Weights {
        var ordered = new LinkedHashMap<String, float[]>();
        for (TensorSpec spec : network.tensors()) {
            float[] values = tensors.get(spec.name());
            if (values == null || values.length != spec.elementCount()) {
                throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "tensor " + spec.name() + " should have "
                        + spec.elementCount() + " elements but " + (values == null ? "is missing" : "has " + values.length));
            }
            ordered.put(spec.name(), values);
        }
        tensors = ordered;
    }

    public Weights(RecurrentNetwork network, Map<String, float[]> tensors) {
        this(network, new LinkedHashMap<>(tensors));
    }

    public float[] get(int layerIndex, String name) {
        return tensors.get(RecurrentNetwork.tensorName(layerIndex, name));
    }
}
