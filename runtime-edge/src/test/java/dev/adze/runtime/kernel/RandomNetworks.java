package dev.adze.runtime.kernel;

import dev.adze.runtime.model.DataType;
import dev.adze.runtime.model.Int4;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Networks with random weights for tests and measurements. */
public final class RandomNetworks {
    /** All that kernels compute in. */
    public static final List<Precision> PRECISIONS = List.of(Precision.FP32, Precision.FP16, Precision.INT8, Precision.INT4);

    private RandomNetworks() {}

    /** Uniform weights of the size that training starts from: +-1/sqrt(fan-in) of the recurrent part. */
    public static Weights weights(RecurrentNetwork network, RandomGenerator random) {
        var tensors = new LinkedHashMap<String, float[]>();
        for (TensorSpec spec : network.tensors()) {
            float[] values = new float[(int) spec.elementCount()];
            float bound = (float) (1 / Math.sqrt(spec.shape().getLast()));
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat(-bound, bound);
            }
            tensors.put(spec.name(), values);
        }
        return new Weights(network, tensors);
    }

    /** The weights in a precision, by the plainest rule. */
    public static NetworkTensors tensors(Weights weights, Precision precision) {
        return switch (precision) {
            case FP32 -> NetworkTensors.of(weights);
            case FP16 -> half(weights);
            case INT8 -> quantize(weights);
            case INT4 -> int4(weights);
            case MIXED -> throw new IllegalArgumentException("which?");
        };
    }

    /** The same with a precision for every layer. */
    public static NetworkTensors tensors(Weights weights, List<Precision> layers) {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < layers.size(); i++) {
            String prefix = RecurrentNetwork.tensorName(i, "");
            tensors(weights, layers.get(i)).tensors().forEach((name, tensor) -> {
                if (name.startsWith(prefix)) {
                    tensors.put(name, tensor);
                }
            });
        }
        return new NetworkTensors(weights.network(), LayerPrecisions.of(weights.network(), layers), tensors);
    }

    /** A drawn precision for every layer. */
    public static NetworkTensors mixed(Weights weights, RandomGenerator random) {
        return tensors(weights, weights.network().layers().stream().map(_ -> PRECISIONS.get(random.nextInt(PRECISIONS.size()))).toList());
    }

    /** A group's largest weight becomes 7 times its multiplier, a row's largest multiplier 127. */
    private static NetworkTensors int4(Weights weights) {
        RecurrentNetwork network = weights.network();
        var tensors = new LinkedHashMap<String, Tensor>();
        var slots = NetworkTensors.layout(network, Precision.INT4);
        for (TensorSpec spec : network.tensors()) {
            float[] source = weights.tensors().get(spec.name());
            NetworkTensors.Slot slot = slots.get(spec.name());
            if (slot.type() == DataType.F32) {
                tensors.put(spec.name(), Tensor.of(slot.shape(), source));
                continue;
            }
            int rows = spec.shape().getFirst();
            int columns = spec.shape().getLast();
            int groups = Int4.groups(columns);
            byte[] q = new byte[source.length];
            byte[] multipliers = new byte[rows * groups];
            float[] scale = new float[rows];
            for (int row = 0; row < rows; row++) {
                float[] largest = new float[groups];
                for (int k = 0; k < columns; k++) {
                    int group = k / Int4.GROUP;
                    largest[group] = Math.max(largest[group], Math.abs(source[row * columns + k]));
                    scale[row] = Math.max(scale[row], largest[group] / (Int4.MAX * Int4.MAX_MULTIPLIER));
                }
                for (int k = 0; k < columns && scale[row] > 0; k++) {
                    int group = k / Int4.GROUP;
                    int multiplier = Math.clamp(Math.round(largest[group] / Int4.MAX / scale[row]), 1, Int4.MAX_MULTIPLIER);
                    multipliers[row * groups + group] = (byte) multiplier;
                    q[row * columns + k] = (byte) Math.clamp(
                            Math.round(source[row * columns + k] / (multiplier * scale[row])), -Int4.MAX, Int4.MAX);
                }
            }
            tensors.put(spec.name(), Tensor.unsigned(slot.shape(), Int4.pack(q, rows, columns)));
            tensors.put(spec.name() + ".multiplier", Tensor.of(List.of(rows, groups), multipliers));
            tensors.put(spec.name() + ".scale", Tensor.of(List.of(rows), scale));
        }
        return new NetworkTensors(network, Precision.INT4, tensors);
    }

    private static NetworkTensors half(Weights weights) {
        var tensors = new LinkedHashMap<String, Tensor>();
        NetworkTensors.layout(weights.network(), Precision.FP16).forEach((name, slot) -> {
            float[] values = weights.tensors().get(name);
            tensors.put(name, slot.type() == DataType.F16 ? Tensor.half(slot.shape(), values) : Tensor.of(slot.shape(), values));
        });
        return new NetworkTensors(weights.network(), Precision.FP16, tensors);
    }

    /** Symmetric int8 per row, by the plain rule scale = max|w| / 127. */
    public static NetworkTensors quantize(Weights weights) {
        var tensors = new LinkedHashMap<String, Tensor>();
        NetworkTensors.layout(weights.network(), Precision.INT8).forEach((name, slot) -> {
            float[] source = weights.tensors().get(name);
            switch (slot.type()) {
                case I8 -> tensors.putAll(quantize(name, slot, source));
                case F32, F16, U8 -> {
                    if (source != null) {
                        tensors.put(name, Tensor.of(slot.shape(), source));
                    }
                }
            }
        });
        return new NetworkTensors(weights.network(), Precision.INT8, tensors);
    }

    /** What the integers of {@link #quantize} stand for. */
    static Weights dequantize(NetworkTensors stored) {
        var tensors = new LinkedHashMap<String, float[]>();
        for (TensorSpec spec : stored.network().tensors()) {
            float[] values = stored.tensors().get(spec.name()).toFloats();
            Tensor scale = stored.tensors().get(spec.name() + ".scale");
            for (int i = 0; scale != null && i < values.length; i++) {
                values[i] *= scale.floatAt(i / spec.shape().getLast());
            }
            tensors.put(spec.name(), values);
        }
        return new Weights(stored.network(), tensors);
    }

    private static Map<String, Tensor> quantize(String name, NetworkTensors.Slot slot, float[] source) {
        int rows = slot.shape().getFirst();
        int columns = slot.shape().getLast();
        byte[] q = new byte[source.length];
        float[] scale = new float[rows];
        for (int row = 0; row < rows; row++) {
            float max = 0;
            for (int k = 0; k < columns; k++) {
                max = Math.max(max, Math.abs(source[row * columns + k]));
            }
            scale[row] = max / 127f;
            for (int k = 0; k < columns && max > 0; k++) {
                q[row * columns + k] = (byte) Math.clamp(Math.round(source[row * columns + k] / scale[row]), -127, 127);
            }
        }
        return Map.of(name, Tensor.of(slot.shape(), q), name + ".scale", Tensor.of(List.of(rows), scale));
    }
}
