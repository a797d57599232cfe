package dev.adze.compress.export;

import dev.adze.compress.quantize.Int8Quantizer;
import dev.adze.compress.quantize.QuantizedTensor;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.ConcatenationOptionsT;
import org.tensorflow.lite.schema.DequantizeOptionsT;
import org.tensorflow.lite.schema.MulOptionsT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.QuantizationParametersT;
import org.tensorflow.lite.schema.QuantizeOptionsT;
import org.tensorflow.lite.schema.SubOptionsT;
import org.tensorflow.lite.schema.TensorType;

/**
 * Integers throughout: weights int8 with a scale a gate matrix, biases at input scale times weight scale, cell state int16
 * with a power of two as scale. Features and hidden values are what the two forms differ in.
 */
abstract sealed class TfliteIntegerLstm implements TfliteLstm permits TfliteInteger8Lstm, TfliteInteger16Lstm {
    final TfliteGraph graph;
    private final Weights weights;
    private final Calibration calibration;
    /** {@link TensorType} of features and hidden values. */
    private final byte activation;
    private final double hiddenScale;
    private final double featureScale;
    private final long featureZeroPoint;
    /** Of QUANTIZE; that of DEQUANTIZE is one more. */
    private final int quantizeVersion;
    /** How many times finer a second digit of the features is; 1 for none. */
    private final int finer;
    private double inputScale;

    TfliteIntegerLstm(TfliteGraph graph, Weights weights, Calibration calibration, byte activation, double hiddenScale,
            double featureScale, long featureZeroPoint, int quantizeVersion, int finer) {
        this.graph = graph;
        this.weights = weights;
        this.calibration = calibration;
        this.activation = activation;
        this.hiddenScale = hiddenScale;
        this.featureScale = featureScale;
        this.featureZeroPoint = featureZeroPoint;
        this.quantizeVersion = quantizeVersion;
        this.finer = finer;
        inputScale = featureScale;
    }

    /** The constant of one gate's biases, real value = integer × {@code scale}. */
    abstract int bias(String name, float[] values, double scale);

    /** What the form's kernel wants of the operator beside its inputs. */
    abstract void complete(OperatorT operator, String name);

    @Override
    public final int enter(int features, int steps, int size) {
        String name = "features." + TensorType.name(activation).toLowerCase(Locale.ROOT);
        if (finer == 1) {
            return quantized(name, features, steps, size);
        }
        int rest = graph.floats("features.rest", 1, steps, size);
        graph.operator(BuiltinOperator.SUB, 1, BuiltinOptions.SubOptions, new SubOptionsT(),
                new int[] {features, dequantized("features.coarse", quantized("features.digit", features, steps, size), steps, size)},
                rest);
        int raised = graph.floats("features.raised", 1, steps, size);
        graph.operator(BuiltinOperator.MUL, 1, BuiltinOptions.MulOptions, new MulOptionsT(),
                new int[] {rest, graph.constant("features.finer", new float[] {finer}, 1)}, raised);
        int both = graph.floats("features.both", 1, steps, 2 * size);
        var options = new ConcatenationOptionsT();
        options.setAxis(2);
        graph.operator(BuiltinOperator.CONCATENATION, 1, BuiltinOptions.ConcatenationOptions, options,
                new int[] {features, raised}, both);
        return quantized(name, both, steps, 2 * size);
    }

    private int quantized(String name, int value, int steps, int size) {
        int quantized = graph.tensor(name, activation, TfliteGraph.scale(featureScale, featureZeroPoint), 1, steps, size);
        graph.operator(BuiltinOperator.QUANTIZE, quantizeVersion, BuiltinOptions.QuantizeOptions, new QuantizeOptionsT(),
                new int[] {value}, quantized);
        return quantized;
    }

    private int dequantized(String name, int value, int steps, int size) {
        int floats = graph.floats(name, 1, steps, size);
        graph.operator(BuiltinOperator.DEQUANTIZE, quantizeVersion + 1, BuiltinOptions.DequantizeOptions,
                new DequantizeOptionsT(), new int[] {value}, floats);
        return floats;
    }

    /** Rows of weights with, behind each, those of the features' second digit. */
    private float[] withFiner(float[] weight, int columns) {
        if (finer == 1) {
            return weight;
        }
        float[] wide = new float[2 * weight.length];
        for (int row = 0; row < weight.length / columns; row++) {
            for (int k = 0; k < columns; k++) {
                wide[2 * row * columns + k] = weight[row * columns + k];
                wide[(2 * row + 1) * columns + k] = weight[row * columns + k] / finer;
            }
        }
        return wide;
    }

    @Override
    public final int add(int index, int recurrent, Lstm lstm, int input, int steps) {
        String name = SequenceLstm.name(recurrent);
        int hidden = lstm.hiddenSize();
        List<Double> weightScales = new ArrayList<>();
        boolean first = recurrent == 0;
        float[] ih = first ? withFiner(weights.get(index, "weight_ih"), lstm.inputSize()) : weights.get(index, "weight_ih");
        int columns = ih.length / (4 * hidden);
        float[] hh = weights.get(index, "weight_hh");
        float[] bias = weights.get(index, "bias");
        double cellScale = Math.scalb(1.0, calibration.cellScaleExponent(recurrent));
        int[] inputs = SequenceLstm.inputs(name, input,
                (n, gate) -> {
                    QuantizedTensor q = Int8Quantizer.perRow(SequenceLstm.gate(ih, gate), 1);
                    weightScales.add((double) TfliteHybridLstm.scale(q));
                    return graph.constant(n, TensorType.INT8, TfliteGraph.scale(weightScales.getLast(), 0), q.values(),
                            hidden, columns);
                },
                (n, gate) -> TfliteHybridLstm.matrix(graph, n, SequenceLstm.gate(hh, gate), hidden, hidden),
                (n, gate) -> bias(n, SequenceLstm.gate(bias, gate), inputScale * weightScales.get(gate)),
                graph.variable(name + ".h", activation, hiddenScale(), 1, hidden),
                graph.variable(name + ".c", TensorType.INT16, TfliteGraph.scale(cellScale, 0), 1, hidden));
        int output = graph.tensor(name + ".out", activation, hiddenScale(), 1, steps, hidden);
        complete(SequenceLstm.add(graph, 1, inputs, output), name);
        inputScale = hiddenScale;
        return output;
    }

    final QuantizationParametersT hiddenScale() {
        return TfliteGraph.scale(hiddenScale, 0);
    }

    @Override
    public final int leave(int hidden, int steps, int size) {
        return dequantized("hidden", hidden, steps, size);
    }
}
