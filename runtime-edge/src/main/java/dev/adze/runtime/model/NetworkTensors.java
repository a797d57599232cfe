package dev.adze.runtime.model;

import dev.adze.runtime.AdzeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A network's weights as a device stores them: the matrices of a recurrent layer by its {@link Precision}, all else F32.
 *
 * <ul>
 * <li>{@link Precision#FP16}: a matrix is F16.
 * <li>{@link Precision#INT8}: a matrix {@code weight_ih [rows, columns]} is I8 with values q in [-127, 127];
 * {@code weight_ih.scale}, F32 {@code [rows]}, is positive or zero; a weight is {@code q * scale[row]}.
 * <li>{@link Precision#INT4}: a matrix is U8 {@code [rows, (columns + 1) / 2]}, packed as {@link Int4} says;
 * {@code weight_ih.multiplier}, I8 {@code [rows, (columns + 31) / 32]}, lies in [0, 127]; {@code weight_ih.scale} as
 * above; a weight is {@code q * multiplier[row][group] * scale[row]}.
 * </ul>
 *
 * @param tensors by full name, exactly those of {@link #layout}, finite
 */
public record NetworkTensors(RecurrentNetwork network, LayerPrecisions precisions, SequencedMap<String, Tensor> tensors) {

    /** Type and shape of one tensor. */
    public record Slot(DataType type, List<Integer> shape) {}

    /** @throws AdzeException BAD_BUNDLE when a tensor is missing, superfluous, of another type or shape, or not finite */
    public NetworkTensors {
        var ordered = new LinkedHashMap<String, Tensor>();
        for (Map.Entry<String, Slot> slot : layout(network, precisions).entrySet()) {
            Tensor tensor = tensors.get(slot.getKey());
            require(tensor != null, "tensor " + slot.getKey() + " is missing");
            require(tensor.type() == slot.getValue().type() && tensor.shape().equals(slot.getValue().shape()),
                    "tensor " + slot.getKey() + " is " + tensor.type() + tensor.shape() + " but the network needs "
                            + slot.getValue().type() + slot.getValue().shape());
            requireSoundValues(slot.getKey(), tensor);
            ordered.put(slot.getKey(), tensor);
        }
        for (String name : tensors.keySet()) {
            require(ordered.containsKey(name), "tensor " + name + " does not belong to the network");
        }
        if (precisions.used().contains(Precision.INT4)) {
            requireSoundHalves(network, ordered);
        }
        tensors = ordered;
    }

    /** All layers in one precision. */
    public NetworkTensors(RecurrentNetwork network, Precision precision, SequencedMap<String, Tensor> tensors) {
        this(network, LayerPrecisions.uniform(network, precision), tensors);
    }

    /** That of all layers, or {@link Precision#MIXED}. */
    public Precision precision() {
        return precisions.overall();
    }

    /** Of one layer. */
    public Precision precision(int layer) {
        return precisions.of(layer);
    }

    private static void requireSoundHalves(RecurrentNetwork network, Map<String, Tensor> tensors) {
        for (TensorSpec spec : network.tensors()) {
            Tensor tensor = tensors.get(spec.name());
            int unsound = tensor.type() == DataType.U8 ? Int4.firstUnsound(tensor.toBytes(), spec.shape().getLast()) : -1;
            require(unsound < 0, "tensor " + spec.name() + " holds " + (unsound < 0 ? 0 : (int) tensor.floatAt(unsound))
                    + " at byte " + unsound + "; int4 weights lie in [-7, 7], stored with 8 added");
        }
    }

    /** fp32 tensors holding copies of trained weights. */
    public static NetworkTensors of(Weights weights) {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (TensorSpec spec : weights.network().tensors()) {
            tensors.put(spec.name(), Tensor.of(spec.shape(), weights.tensors().get(spec.name())));
        }
        return new NetworkTensors(weights.network(), Precision.FP32, tensors);
    }

    /**
     * All tensors that a network stores, by full name, in file order.
     *
     * @throws IllegalArgumentException if the precision does not allow a matrix of that size
     */
    public static SequencedMap<String, Slot> layout(RecurrentNetwork network, Precision precision) {
        return layout(network, LayerPrecisions.uniform(network, precision));
    }

    /** The same with a precision for every layer. */
    public static SequencedMap<String, Slot> layout(RecurrentNetwork network, LayerPrecisions precisions) {
        var layout = new LinkedHashMap<String, Slot>();
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            for (TensorSpec spec : layer.tensors()) {
                String name = RecurrentNetwork.tensorName(i, spec.name());
                if (layer.isRecurrentMatrix(spec)) {
                    addMatrix(layout, name, spec.shape(), precisions.of(i));
                } else {
                    layout.put(name, new Slot(DataType.F32, spec.shape()));
                }
            }
        }
        return layout;
    }

    private static void addMatrix(SequencedMap<String, Slot> layout, String name, List<Integer> shape, Precision precision) {
        switch (precision) {
            case FP32 -> layout.put(name, new Slot(DataType.F32, shape));
            case FP16 -> layout.put(name, new Slot(DataType.F16, shape));
            case INT8 -> {
                layout.put(name, new Slot(DataType.I8, shape));
                layout.put(name + ".scale", new Slot(DataType.F32, List.of(shape.getFirst())));
            }
            case INT4 -> {
                int rows = shape.getFirst();
                int columns = shape.getLast();
                if (columns > Int4.MAX_COLUMNS) {
                    throw new IllegalArgumentException("tensor " + name + " has " + columns + " columns; int4 takes at most "
                            + Int4.MAX_COLUMNS);
                }
                layout.put(name, new Slot(DataType.U8, List.of(rows, Int4.rowBytes(columns))));
                layout.put(name + ".multiplier", new Slot(DataType.I8, List.of(rows, Int4.groups(columns))));
                layout.put(name + ".scale", new Slot(DataType.F32, List.of(rows)));
            }
            case MIXED -> throw new IllegalStateException("a layer has one precision");
        }
    }

    public Tensor get(int layerIndex, String name) {
        return tensors.get(RecurrentNetwork.tensorName(layerIndex, name));
    }

    /** What the stored weights stand for, in single precision: q times its scales where they are integers. */
    public Weights toWeights() {
        var weights = new LinkedHashMap<String, float[]>();
        for (TensorSpec spec : network.tensors()) {
            Tensor stored = tensors.get(spec.name());
            Tensor scale = tensors.get(spec.name() + ".scale");
            Tensor multiplier = tensors.get(spec.name() + ".multiplier");
            int columns = spec.shape().getLast();
            float[] values = multiplier == null ? stored.toFloats() : floats(Int4.products(stored, multiplier, columns));
            for (int i = 0; scale != null && i < values.length; i++) {
                values[i] *= scale.floatAt(i / columns);
            }
            weights.put(spec.name(), values);
        }
        return new Weights(network, weights);
    }

    private static float[] floats(short[] integers) {
        float[] values = new float[integers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = integers[i];
        }
        return values;
    }

    /** Bytes of all tensors together. */
    public long byteSize() {
        return tensors.values().stream().mapToLong(t -> t.data().byteSize()).sum();
    }

    private static void requireSoundValues(String name, Tensor tensor) {
        int unsound = switch (tensor.type()) {
            case F32, F16 -> firstUnsound(tensor.toFloats(), name.endsWith(".scale") ? 0 : -Float.MAX_VALUE);
            case I8 -> firstBelow(tensor.toBytes(), name.endsWith(".multiplier") ? (byte) 0 : (byte) -127);
            case U8 -> -1; // needs the number of columns: requireSoundHalves
        };
        if (unsound >= 0) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "tensor " + name + " holds " + tensor.floatAt(unsound)
                    + " at element " + unsound + (name.endsWith(".multiplier") ? "; multipliers lie in [0, 127]"
                    : tensor.type() == DataType.I8 ? "; int8 weights lie in [-127, 127]"
                    : name.endsWith(".scale") ? "; scales are finite and not negative" : "; weights must be finite"));
        }
    }

    /** Index of the first value that is not in [min, MAX_VALUE], or -1. */
    private static int firstUnsound(float[] values, float min) {
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] >= min && values[i] <= Float.MAX_VALUE)) {
                return i;
            }
        }
        return -1;
    }

    private static int firstBelow(byte[] values, byte min) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] < min) {
                return i;
            }
        }
        return -1;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, message);
        }
    }
}
