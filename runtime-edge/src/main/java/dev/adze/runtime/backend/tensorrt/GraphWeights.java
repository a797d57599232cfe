package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.backend.tensorrt.Op.ElementType;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.List;

/** A network's weights as constants of a graph, in the form that an engine's precision wants. */
final class GraphWeights {
    /** Largest magnitude of int8 as Adze uses it, and of FP8 E4M3. */
    private static final float INT8_MOST = 127;
    private static final float FP8_MOST = 448;

    private final GraphOps ops;
    private final NetworkTensors tensors;
    private final Weights values;
    private final EnginePrecision precision;
    private String hiddenScale;

    GraphWeights(GraphOps ops, NetworkTensors tensors, EnginePrecision precision) {
        this.ops = ops;
        this.tensors = tensors;
        this.precision = precision;
        values = tensors.toWeights();
        if (quantizes()) { // a hidden value is in (-1, 1)
            hiddenScale = ops.add(new Op.Constant(ops.name("constant"), new float[] {1 / most()}, List.of(), ElementType.FP32));
        }
    }

    private boolean quantizes() {
        return precision == EnginePrecision.INT8 || precision == EnginePrecision.FP8;
    }

    private float most() {
        return precision == EnginePrecision.INT8 ? INT8_MOST : FP8_MOST;
    }

    private ElementType digitType() {
        return precision == EnginePrecision.INT8 ? ElementType.INT8 : ElementType.FP8;
    }

    /** {@code [1, n]} for a vector. */
    String row(int layer, String name) {
        float[] vector = values.get(layer, name);
        return ops.constant(vector, 1, vector.length);
    }

    /** A matrix that is never quantized. */
    String plain(int layer, String name) {
        List<Integer> shape = shape(layer, name);
        return ops.constant(values.get(layer, name), shape.getFirst(), shape.getLast());
    }

    private List<Integer> shape(int layer, String name) {
        String full = RecurrentNetwork.tensorName(layer, name);
        return tensors.network().tensors().stream().filter(t -> t.name().equals(full)).findFirst().orElseThrow().shape();
    }

    /** @param bounded whether what it is multiplied with lies in [-1, 1] */
    String matrix(int layer, String name, boolean bounded) {
        if (!quantizes() || !bounded) {
            return plain(layer, name);
        }
        float[] scales = scales(layer, name);
        int axis = scales.length > 1 ? 0 : -1;
        String scale = ops.add(new Op.Constant(ops.name("constant"), scales, axis < 0 ? List.of() : List.of(scales.length),
                ElementType.FP32));
        String quantized = ops.add(new Op.Quantize(ops.name("quantize"), plain(layer, name), scale, axis, digitType()));
        return ops.add(new Op.Dequantize(ops.name("dequantize"), quantized, scale, axis));
    }

    /** int8: the bundle's own where it has some, so that its weights come out again; FP8: one for the matrix. */
    private float[] scales(int layer, String name) {
        if (precision == EnginePrecision.INT8 && tensors.precision(layer) == Precision.INT8) {
            return positive(tensors.get(layer, name + ".scale").toFloats());
        }
        float[] matrix = values.get(layer, name);
        int groups = precision == EnginePrecision.INT8 ? shape(layer, name).getFirst() : 1;
        float[] scales = new float[groups];
        for (int i = 0; i < matrix.length; i++) {
            int group = (int) ((long) i * groups / matrix.length);
            scales[group] = Math.max(scales[group], Math.abs(matrix[i]) / most());
        }
        return positive(scales);
    }

    /** A row of zeros has any scale. */
    private static float[] positive(float[] scales) {
        for (int i = 0; i < scales.length; i++) {
            scales[i] = scales[i] > 0 ? scales[i] : 1;
        }
        return scales;
    }

    String product(int layer, String name, String input, boolean bounded) {
        return ops.product(bounded ? digits(input) : input, matrix(layer, name, bounded));
    }

    /** A value in [-1, 1] as a product with {@link #matrix} takes it. */
    String digits(String bounded) {
        if (!quantizes()) {
            return bounded;
        }
        String quantized = ops.add(new Op.Quantize(ops.name("quantize"), bounded, hiddenScale, -1, digitType()));
        return ops.add(new Op.Dequantize(ops.name("dequantize"), quantized, hiddenScale, -1));
    }
}
