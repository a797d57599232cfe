package dev.adze.compress.export;

import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.Weights;
import java.util.Arrays;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.BidirectionalSequenceLSTMOptionsT;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.TensorType;

/**
 * Bidirectional layers of two LSTMs as BIDIRECTIONAL_SEQUENCE_LSTM (tensorflow/lite/kernels/bidirectional_sequence_lstm.cc):
 * 48 inputs, of which 0 is the input, 1 to 17 weights and biases of the forward LSTM in the order of
 * {@link SequenceLstm}, 18 to 34 those of the backward one, 35 to 38 hidden and cell state of both; peepholes, projection and
 * auxiliary input are left out. One output, forward values first.
 *
 * @param int8 hybrid: int8 weights with a scale a gate matrix
 */
record TfliteBidirectional(TfliteGraph graph, Weights weights, boolean int8) {
    private static final int VERSION = 2; // op_version.cc: batches before time
    private static final int FORWARD = 1;
    private static final int BACKWARD = 18;
    private static final int STATES = 35;

    int add(int index, int number, Bidirectional layer, int input, int steps) {
        String name = "bidirectional." + number;
        int[] inputs = new int[48];
        Arrays.fill(inputs, TfliteGraph.NONE);
        inputs[0] = input;
        direction(inputs, FORWARD, STATES, name + ".forward", index, "forward.", layer.forward());
        direction(inputs, BACKWARD, STATES + 2, name + ".backward", index, "backward.", layer.backward());
        var options = new BidirectionalSequenceLSTMOptionsT();
        options.setFusedActivationFunction(ActivationFunctionType.TANH);
        options.setMergeOutputs(true);
        options.setTimeMajor(false);
        int output = graph.floats(name + ".out", 1, steps, layer.outputSize());
        graph.operator(BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM, VERSION, BuiltinOptions.BidirectionalSequenceLSTMOptions,
                options, inputs, output);
        return output;
    }

    private void direction(int[] inputs, int first, int state, String name, int index, String prefix, RecurrentLayer layer) {
        int hidden = layer.hiddenSize();
        float[] ih = weights.get(index, prefix + "weight_ih");
        float[] hh = weights.get(index, prefix + "weight_hh");
        float[] bias = weights.get(index, prefix + "bias");
        for (int gate = 0; gate < 4; gate++) {
            inputs[first + gate] = matrix(name + ".W." + gate, SequenceLstm.gate(ih, gate), hidden, layer.inputSize());
            inputs[first + 4 + gate] = matrix(name + ".R." + gate, SequenceLstm.gate(hh, gate), hidden, hidden);
            inputs[first + 11 + gate] = graph.constant(name + ".b." + gate, SequenceLstm.gate(bias, gate), hidden);
        }
        inputs[state] = graph.variable(name + ".h", TensorType.FLOAT32, null, 1, hidden);
        inputs[state + 1] = graph.variable(name + ".c", TensorType.FLOAT32, null, 1, hidden);
    }

    private int matrix(String name, float[] values, int rows, int columns) {
        return int8 ? TfliteHybridLstm.matrix(graph, name, values, rows, columns) : graph.constant(name, values, rows, columns);
    }
}
