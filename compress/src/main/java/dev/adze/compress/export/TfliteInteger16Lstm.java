package dev.adze.compress.export;

import dev.adze.compress.quantize.Int8Quantizer;
import dev.adze.compress.quantize.QuantizedTensor;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.DequantizeOptionsT;
import org.tensorflow.lite.schema.QuantizationParametersT;
import org.tensorflow.lite.schema.QuantizeOptionsT;
import org.tensorflow.lite.schema.TensorType;

/**
 * The form of microcontroller kernels (TensorFlow Lite Micro, CMSIS-NN): features and hidden values int16 without zero
 * point, weights int8 with a scale a gate matrix, biases int64 at input scale times weight scale, cell state int16 with a
 * power of two as scale. Hidden values have the scale 2^-15, which the kernel's product of two Q0.15 numbers has.
 */
final class TfliteInteger16Lstm implements TfliteLstm {
    private static final double HIDDEN_SCALE = 0x1p-15;

    private final TfliteGraph graph;
    private final Weights weights;
    private final Calibration calibration;
    private double inputScale;

    TfliteInteger16Lstm(TfliteGraph graph, Weights weights, Calibration calibration, ActivationReach reach) {
        this.graph = graph;
        this.weights = weights;
        this.calibration = calibration;
        inputScale = (float) (reach.bound() / Short.MAX_VALUE);
    }

    @Override
    public int enter(int features, int steps, int size) {
        int quantized = graph.tensor("features.int16", TensorType.INT16, TfliteGraph.scale(inputScale, 0), 1, steps, size);
        graph.operator(BuiltinOperator.QUANTIZE, 2, BuiltinOptions.QuantizeOptions, new QuantizeOptionsT(),
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
                graph.variable(name + ".h", TensorType.INT16, hiddenScale(), 1, hidden),
                graph.variable(name + ".c", TensorType.INT16, TfliteGraph.scale(cellScale, 0), 1, hidden));
        int output = graph.tensor(name + ".out", TensorType.INT16, hiddenScale(), 1, steps, hidden);
        SequenceLstm.add(graph, 1, inputs, output);
        inputScale = HIDDEN_SCALE;
        return output;
    }

    /** Within the 47 bits that the kernel's accumulator may have. */
    private int bias(String name, float[] values, double scale) {
        var data = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putLong((long) Math.clamp(Math.rint(value / scale), -0x1p46, 0x1p46));
        }
        return graph.constant(name, TensorType.INT64, TfliteGraph.scale(scale, 0), data.array(), values.length);
    }

    private static QuantizationParametersT hiddenScale() {
        return TfliteGraph.scale(HIDDEN_SCALE, 0);
    }

    @Override
    public int leave(int hidden, int steps, int size) {
        int floats = graph.floats("hidden", 1, steps, size);
        graph.operator(BuiltinOperator.DEQUANTIZE, 3, BuiltinOptions.DequantizeOptions, new DequantizeOptionsT(),
                new int[] {hidden}, floats);
        return floats;
    }
}
