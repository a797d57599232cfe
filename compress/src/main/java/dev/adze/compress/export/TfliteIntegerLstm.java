package dev.adze.compress.export;

import dev.adze.compress.quantize.Int8Quantizer;
import dev.adze.compress.quantize.QuantizedTensor;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.DequantizeOptionsT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.QuantizationParametersT;
import org.tensorflow.lite.schema.QuantizeOptionsT;
import org.tensorflow.lite.schema.TensorType;

/**
 * Integers throughout (8x8 to 16, the scheme of TensorFlow's operator_property.cc): features int8 with scale and zero
 * point from calibration, weights int8 with a scale a gate matrix, biases int32 at input scale times weight scale,
 * hidden values int8 at 1/127 since they lie in (-1, 1), cell state int16 with a power of two as scale. The five
 * intermediates must be there; without layer normalisation only the last is read, and it repeats the hidden scale.
 */
final class TfliteIntegerLstm implements TfliteLstm {
    private static final double HIDDEN_SCALE = 1.0 / 127;

    private final TfliteGraph graph;
    private final Weights weights;
    private final Calibration calibration;
    private double inputScale;

    TfliteIntegerLstm(TfliteGraph graph, Weights weights, Calibration calibration) {
        this.graph = graph;
        this.weights = weights;
        this.calibration = calibration;
    }

    @Override
    public int enter(int features, int steps, int size) {
        inputScale = calibration.featureScale();
        int quantized = graph.tensor("features.int8", TensorType.INT8,
                TfliteGraph.scale(inputScale, calibration.featureZeroPoint()), 1, steps, size);
        graph.operator(BuiltinOperator.QUANTIZE, 1, BuiltinOptions.QuantizeOptions, new QuantizeOptionsT(),
                new int[] {features}, quantized);
        return quantized;
    }

    @Override
    public int add(int index, int recurrent, Lstm lstm, int input, int steps) {
        String name = SequenceLstm.name(recurrent);
        int hidden = lstm.hiddenSize();
        List<Double> weightScales = new ArrayList<>();
        float[] ih = weights.get(index, "weight_ih");
        float[] hh = weights.get(index, "weight_hh");
        float[] bias = weights.get(index, "bias");
        double cellScale = Math.scalb(1.0, calibration.cellScaleExponent(recurrent));
        int[] inputs = SequenceLstm.inputs(name, input,
                (n, gate) -> {
                    QuantizedTensor q = Int8Quantizer.perRow(SequenceLstm.gate(ih, gate), 1);
                    weightScales.add((double) TfliteHybridLstm.scale(q));
                    return graph.constant(n, TensorType.INT8, TfliteGraph.scale(weightScales.getLast(), 0), q.values(),
                            hidden, lstm.inputSize());
                },
                (n, gate) -> TfliteHybridLstm.matrix(graph, n, SequenceLstm.gate(hh, gate), hidden, hidden),
                (n, gate) -> bias(n, SequenceLstm.gate(bias, gate), inputScale * weightScales.get(gate)),
                graph.variable(name + ".h", TensorType.INT8, hiddenScale(), 1, hidden),
                graph.variable(name + ".c", TensorType.INT16, TfliteGraph.scale(cellScale, 0), 1, hidden));
        int output = graph.tensor(name + ".out", TensorType.INT8, hiddenScale(), 1, steps, hidden);
        OperatorT operator = SequenceLstm.add(graph, 1, inputs, output);
        operator.setIntermediates(intermediates(name));
        inputScale = HIDDEN_SCALE;
        return output;
    }

    private int[] intermediates(String name) {
        int[] intermediates = new int[5];
        for (int i = 0; i < 4; i++) { // Q3.12, what the operator uses without layer normalisation
            intermediates[i] = graph.tensor(name + ".intermediate." + i, TensorType.INT16, TfliteGraph.scale(1.0 / 4096, 0), 0);
        }
        intermediates[4] = graph.tensor(name + ".intermediate.4", TensorType.INT8, hiddenScale(), 0);
        return intermediates;
    }

    private int bias(String name, float[] values, double scale) {
        int[] quantized = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            quantized[i] = (int) Math.clamp(Math.rint(values[i] / scale), Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        return graph.integers(name, TfliteGraph.scale(scale, 0), quantized);
    }

    private static QuantizationParametersT hiddenScale() {
        return TfliteGraph.scale(HIDDEN_SCALE, 0);
    }

    @Override
    public int leave(int hidden, int steps, int size) {
        int floats = graph.floats("hidden", 1, steps, size);
        graph.operator(BuiltinOperator.DEQUANTIZE, 2, BuiltinOptions.DequantizeOptions, new DequantizeOptionsT(),
                new int[] {hidden}, floats);
        return floats;
    }
}
