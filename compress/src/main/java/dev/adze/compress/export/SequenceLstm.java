package dev.adze.compress.export;

import dev.adze.runtime.model.Lstm;
import java.util.Arrays;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.UnidirectionalSequenceLSTMOptionsT;

/**
 * The 24 inputs of UNIDIRECTIONAL_SEQUENCE_LSTM (tensorflow/lite/kernels/unidirectional_sequence_lstm.cc): 0 input, 1 to 4
 * input weights, 5 to 8 recurrent weights, 9 to 11 peepholes, 12 to 15 biases, 16 and 17 projection, 18 hidden state, 19
 * cell state, 20 to 23 layer normalisation; gates in the order i, f, c, o, which is ours. Peepholes, projection and layer
 * normalisation are left out.
 */
final class SequenceLstm {
    private static final String[] GATES = {"i", "f", "g", "o"};

    private SequenceLstm() {}

    /** Makes the tensor of one gate from its rows. */
    interface GateTensor {
        int make(String name, int gate);
    }

    static int[] inputs(String name, int input, GateTensor weightIh, GateTensor weightHh, GateTensor bias,
            int hiddenState, int cellState) {
        int[] inputs = new int[24];
        Arrays.fill(inputs, TfliteGraph.NONE);
        inputs[0] = input;
        for (int gate = 0; gate < 4; gate++) {
            inputs[1 + gate] = weightIh.make(name + ".W." + GATES[gate], gate);
            inputs[5 + gate] = weightHh.make(name + ".R." + GATES[gate], gate);
            inputs[12 + gate] = bias.make(name + ".b." + GATES[gate], gate);
        }
        inputs[18] = hiddenState;
        inputs[19] = cellState;
        return inputs;
    }

    static OperatorT add(TfliteGraph graph, int version, int[] inputs, int output) {
        var options = new UnidirectionalSequenceLSTMOptionsT();
        options.setFusedActivationFunction(ActivationFunctionType.TANH);
        return graph.operator(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM, version,
                BuiltinOptions.UnidirectionalSequenceLSTMOptions, options, inputs, output);
    }

    /** The rows of one gate of a stacked tensor. */
    static float[] gate(float[] stacked, int gate) {
        int block = stacked.length / 4;
        return Arrays.copyOfRange(stacked, gate * block, (gate + 1) * block);
    }

    static String name(int recurrent) {
        return "lstm." + recurrent;
    }

    static int[] stateShape(Lstm lstm) {
        return new int[] {1, lstm.hiddenSize()};
    }
}
