package dev.adze.runtime.kernel;

import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.TransformerLayer;
import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * Makes the layers ready that have no fused kernel of their own: products by {@link MatrixProduct}, scalar or vector,
 * then the cell over whole arrays.
 */
record PartCompiler(NetworkTensors tensors, Arena arena, boolean vector) {

    CompiledLayer compile(Layer layer, int index) {
        return switch (layer) {
            case RecurrentLayer recurrent -> recurrent(recurrent, index, "");
            case Bidirectional both -> new BidirectionalLayer(recurrent(both.forward(), index, "forward."),
                    recurrent(both.backward(), index, "backward."), digits(index) && both.bounded(), vector);
            case Residual residual -> new ResidualLayer(compile(residual.layer(), index));
            case MeanPooling mean -> new MeanPoolingLayer(mean);
            case AttentionPooling attention -> AttentionPoolingLayer.compile(attention, tensors, index);
            case Dense dense -> ScalarDense.compile(dense, tensors, index);
            case Convolution convolution -> new ConvolutionLayer(convolution, single(index, "weight"), floats(index, "bias"));
            case SelfAttention attention -> new SelfAttentionLayer(attention(attention, index));
            case TransformerLayer transformer -> new TransformerBlock(attention(transformer.attention(), index),
                    gainAndBias(index, "norm_attention"), single(index, "weight_up"), floats(index, "bias_up"),
                    single(index, "weight_down"), floats(index, "bias_down"), gainAndBias(index, "norm_output"));
            case StaticFeatures statics -> new StaticFeaturesLayer(statics);
        };
    }

    private AttentionProducts attention(SelfAttention attention, int index) {
        return new AttentionProducts(attention, single(index, "weight_qkv"), floats(index, "bias_qkv"), single(index, "weight_out"),
                floats(index, "bias_out"));
    }

    private TransformerBlock.Norm gainAndBias(int index, String name) {
        return new TransformerBlock.Norm(floats(index, name), floats(index, name + "_bias"));
    }

    private CompiledLayer recurrent(RecurrentLayer layer, int index, String prefix) {
        MatrixProduct input = matrix(index, prefix + "weight_ih", layer.inputSize(),
                RowFactors.oneDigitInput(tensors, index));
        float[] bias = floats(index, prefix + "bias");
        Activations activations = vector ? Activations.VECTOR : Activations.SCALAR;
        MatrixProduct hidden = layer instanceof MinimalGate ? null
                : matrix(index, prefix + "weight_hh", layer.hiddenSize(), layer.bounded());
        return switch (layer) {
            case Gru gru -> {
                float[] hiddenStart = new float[bias.length];
                System.arraycopy(floats(index, prefix + "bias_hn"), 0, hiddenStart, 2 * gru.hiddenSize(), gru.hiddenSize());
                yield new GruLayer(gru.hiddenSize(), input, hidden, bias, hiddenStart, activations, digits(index), vector);
            }
            case Lstm lstm -> new LstmLayer(lstm.hiddenSize(), input, hidden, bias, null, null, activations, digits(index), vector);
            case LstmVariant lstm -> new LstmLayer(lstm.hiddenSize(), input, hidden, bias,
                    lstm.layerNorm() ? norm(index, prefix) : null,
                    lstm.peephole() ? floats(index, prefix + "peephole") : null, activations, digits(index), vector);
            case ProjectedLstm lstm -> new ProjectedLstmLayer(lstm.cellSize(), lstm.hiddenSize(), input, hidden,
                    matrix(index, prefix + "weight_hr", lstm.cellSize(), true), bias, activations, digits(index), vector);
            case MinimalGate unit -> new MinimalGateLayer(unit.hiddenSize(), input,
                    half(index, prefix, unit.hiddenSize(), 0), half(index, prefix, unit.hiddenSize(), 1), bias, activations,
                    digits(index), vector);
        };
    }

    /** A MinimalGate's recurrent rows of the gate (0) or of the candidate (1). */
    private MatrixProduct half(int index, String prefix, int hiddenSize, int which) {
        return matrix(index, prefix + "weight_hh", hiddenSize, true, which * hiddenSize, hiddenSize);
    }

    private LstmLayer.Norm norm(int index, String prefix) {
        return new LstmLayer.Norm(floats(index, prefix + "norm_ih"), floats(index, prefix + "norm_hh"),
                floats(index, prefix + "norm_cell"), floats(index, prefix + "norm_cell_bias"));
    }

    /** Whether a layer's hidden values have digits. */
    private boolean digits(int index) {
        return tensors.precisions().integers(index);
    }

    /**
     * @param columns  of the matrix
     * @param oneDigit int8, int4: whether the matrix meets hidden values, whose 1/127 its factors then hold
     */
    private MatrixProduct matrix(int index, String name, int columns, boolean oneDigit) {
        return matrix(index, name, columns, oneDigit, 0, tensors.get(index, name).shape().getFirst());
    }

    /** The same for {@code rows} rows from {@code first} on. */
    private MatrixProduct matrix(int index, String name, int columns, boolean oneDigit, int first, int rows) {
        Tensor weight = tensors.get(index, name);
        int from = first * columns;
        int to = from + rows * columns;
        if (!digits(index)) {
            return single(rows, columns, Arrays.copyOfRange(weight.toFloats(), from, to));
        }
        float[] factor = Arrays.copyOfRange(floats(index, name + ".scale"), first, first + rows);
        for (int row = 0; oneDigit && row < rows; row++) {
            factor[row] = factor[row] / 127f;
        }
        return vector && tensors.precision(index) == Precision.INT8
                ? new VectorMatrixInt8(rows,
                        PackedLayout.packRowsInt8(rows, columns, Arrays.copyOfRange(weight.toBytes(), from, to), arena), factor)
                : new ScalarMatrixIntegers(rows, Arrays.copyOfRange(IntegerWeights.of(tensors, index, name, columns), from, to),
                        factor);
    }

    /** A matrix that is in single precision in every bundle. */
    private MatrixProduct single(int index, String name) {
        Tensor weight = tensors.get(index, name);
        return single(weight.shape().getFirst(), weight.shape().getLast(), floats(index, name));
    }

    private MatrixProduct single(int rows, int columns, float[] values) {
        return vector ? new VectorMatrixFp32(rows, PackedLayout.packRowsFp32(rows, columns, values, arena))
                : new ScalarMatrixFp32(rows, values);
    }

    private float[] floats(int index, String name) {
        float[] values = tensors.get(index, name).toFloats();
        return Arrays.copyOf(values, values.length);
    }
}
