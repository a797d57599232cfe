package dev.adze.compress.quantize;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Int4;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Post-training quantization of a whole network: matrices of recurrent layers in fp16, in int8 per row or in int4 per
 * group, all else as it is (under 1 % of the bytes). Activations need no calibration: in int8 and int4 hidden values, in (-1, 1), are quantized
 * at the fixed scale 1/127, inputs by their own largest value at every step (docs/arithmetic.md).
 */
public final class NetworkQuantizer {
    private NetworkQuantizer() {}

    /** How a matrix becomes integers. */
    private interface Integers {
        IntegerMatrix of(String name, float[] values, int rows);
    }

    /**
     * @throws AdzeException BAD_DATA if a weight is too large for fp16
     * @throws IllegalArgumentException if a matrix has too many columns for int4
     */
    public static NetworkTensors quantize(Weights weights, Precision precision) {
        return quantize(weights, precision, Calibration.MIN_MAX);
    }

    /** @param calibration of int8; the others have none */
    public static NetworkTensors quantize(Weights weights, Precision precision, Calibration calibration) {
        return quantize(weights, precision, (name, values, rows) -> switch (precision) {
            case INT8 -> Int8Quantizer.perRow(values, rows, calibration);
            case INT4 -> Int4Quantizer.perGroup(values, rows);
            case FP32, FP16, MIXED -> throw new IllegalStateException("no integers in " + precision);
        });
    }

    /** With steps that were learned: the integers are those that quantization-aware training simulated. */
    public static NetworkTensors quantize(Weights weights, StepSizes steps) {
        return quantize(weights, steps.precision(), (name, values, rows) -> {
            float[] own = steps.byTensor().get(name);
            return steps.precision() == Precision.INT8 ? Int8Quantizer.withScales(values, own)
                    : Int4Quantizer.withSteps(values, rows, own);
        });
    }

    private static NetworkTensors quantize(Weights weights, Precision precision, Integers integers) {
        RecurrentNetwork network = weights.network();
        var slots = NetworkTensors.layout(network, precision);
        var tensors = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            for (TensorSpec spec : layer.tensors()) {
                String name = RecurrentNetwork.tensorName(i, spec.name());
                float[] values = weights.tensors().get(name);
                if (layer.isRecurrentMatrix(spec)) {
                    addMatrix(name, spec, values, precision, integers, tensors);
                } else {
                    tensors.put(name, Tensor.of(slots.get(name).shape(), values));
                }
            }
        }
        return new NetworkTensors(network, precision, tensors);
    }

    public static NetworkTensors int8(Weights weights) {
        return quantize(weights, Precision.INT8);
    }

    private static void addMatrix(String name, TensorSpec spec, float[] values, Precision precision, Integers integers,
            SequencedMap<String, Tensor> tensors) {
        int rows = spec.shape().getFirst();
        switch (precision) {
            case FP32 -> tensors.put(name, Tensor.of(spec.shape(), values));
            case FP16 -> {
                requireHalves(name, values);
                tensors.put(name, Tensor.half(spec.shape(), values));
            }
            case INT8, INT4 -> addIntegers(name, spec, integers.of(name, values, rows), tensors);
            case MIXED -> throw new IllegalStateException("which?");
        }
    }

    private static void addIntegers(String name, TensorSpec spec, IntegerMatrix integers, SequencedMap<String, Tensor> tensors) {
        int rows = spec.shape().getFirst();
        int columns = spec.shape().getLast();
        switch (integers) {
            case QuantizedTensor int8 -> tensors.put(name, Tensor.of(spec.shape(), int8.values()));
            case Int4Quantizer.Quantized int4 -> {
                tensors.put(name, Tensor.unsigned(List.of(rows, Int4.rowBytes(columns)), Int4.pack(int4.values(), rows, columns)));
                tensors.put(name + ".multiplier", Tensor.of(List.of(rows, Int4.groups(columns)), int4.multipliers()));
            }
        }
        tensors.put(name + ".scale", Tensor.of(List.of(rows), integers.scales()));
    }

    private static void requireHalves(String name, float[] values) {
        for (float value : values) {
            if (Float.isInfinite(Float.float16ToFloat(Float.floatToFloat16(value)))) {
                throw new AdzeException(AdzeException.Kind.BAD_DATA, "tensor " + name + " holds " + value
                        + ", but fp16 ends at 65504; use int8 or fp32 for this model");
            }
        }
    }
}
