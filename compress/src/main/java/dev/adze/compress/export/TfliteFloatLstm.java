package dev.adze.compress.export;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Weights;
import org.tensorflow.lite.schema.TensorType;

/** fp32 weights, values and state. */
record TfliteFloatLstm(TfliteGraph graph, Weights weights) implements TfliteLstm {
    @Override
    public int add(int index, int recurrent, Lstm lstm, int input, int steps) {
        String name = SequenceLstm.name(recurrent);
        int hidden = lstm.hiddenSize();
        float[] ih = weights.get(index, "weight_ih");
        float[] hh = weights.get(index, "weight_hh");
        float[] bias = weights.get(index, "bias");
        int[] inputs = SequenceLstm.inputs(name, input,
                (n, gate) -> graph.constant(n, SequenceLstm.gate(ih, gate), hidden, lstm.inputSize()),
                (n, gate) -> graph.constant(n, SequenceLstm.gate(hh, gate), hidden, hidden),
                (n, gate) -> graph.constant(n, SequenceLstm.gate(bias, gate), hidden),
                graph.variable(name + ".h", TensorType.FLOAT32, null, 1, hidden),
                graph.variable(name + ".c", TensorType.FLOAT32, null, 1, hidden));
        int output = graph.floats(name + ".out", 1, steps, hidden);
        SequenceLstm.add(graph, 1, inputs, output);
        return output;
    }
}
