package dev.adze.compress.export;

import dev.adze.compress.quantize.Int8Quantizer;
import dev.adze.compress.quantize.QuantizedTensor;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Weights;
import org.tensorflow.lite.schema.TensorType;

/** int8 weights, one scale a gate matrix since the operator reads no more; values and state fp32. */
record TfliteHybridLstm(TfliteGraph graph, Weights weights) implements TfliteLstm {
    private static final int VERSION = 2; // op_version.cc: fp32 input with int8 weights

    @Override
    public int add(int index, int recurrent, Lstm lstm, int input, int steps) {
        String name = SequenceLstm.name(recurrent);
        int hidden = lstm.hiddenSize();
        float[] ih = weights.get(index, "weight_ih");
        float[] hh = weights.get(index, "weight_hh");
        float[] bias = weights.get(index, "bias");
        int[] inputs = SequenceLstm.inputs(name, input,
                (n, gate) -> matrix(graph, n, SequenceLstm.gate(ih, gate), hidden, lstm.inputSize()),
                (n, gate) -> matrix(graph, n, SequenceLstm.gate(hh, gate), hidden, hidden),
                (n, gate) -> graph.constant(n, SequenceLstm.gate(bias, gate), hidden),
                graph.variable(name + ".h", TensorType.FLOAT32, null, 1, hidden),
                graph.variable(name + ".c", TensorType.FLOAT32, null, 1, hidden));
        int output = graph.floats(name + ".out", 1, steps, hidden);
        SequenceLstm.add(graph, VERSION, inputs, output);
        return output;
    }

    static int matrix(TfliteGraph graph, String name, float[] values, int rows, int columns) {
        QuantizedTensor quantized = Int8Quantizer.perRow(values, 1);
        return graph.constant(name, TensorType.INT8, TfliteGraph.scale(scale(quantized), 0), quantized.values(), rows, columns);
    }

    /** A matrix of zeros has the scale 0, which engines refuse; any other serves it. */
    static float scale(QuantizedTensor quantized) {
        return quantized.scales()[0] > 0 ? quantized.scales()[0] : 1;
    }
}
