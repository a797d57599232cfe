package dev.adze.compress.export;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.LSTMKernelType;
import org.tensorflow.lite.schema.LSTMOptionsT;

/**
 * One step with the state as inputs and outputs: operator LSTM with the basic kernel (tensorflow/lite/kernels/lstm.cc),
 * fp32, whose five inputs are data {@code [1, input]}, hidden state, weights {@code [4*hidden, input + hidden]} with gates
 * in the order i, g, f, o, biases, cell state. Values are {@code [1, size]}. The only form that the GPU delegate takes.
 */
final class TfliteBasicLstm implements TfliteLstm {
    private final TfliteGraph graph;
    private final Weights weights;
    private final List<Integer> nextStates = new ArrayList<>();

    TfliteBasicLstm(TfliteGraph graph, Weights weights) {
        this.graph = graph;
        this.weights = weights;
    }

    @Override
    public int add(int index, int recurrent, Lstm lstm, int input, int steps) {
        int hidden = lstm.hiddenSize();
        String name = SequenceLstm.name(recurrent);
        int h = graph.floats("h." + recurrent, 1, hidden);
        int c = graph.floats("c." + recurrent, 1, hidden);
        graph.input(h);
        graph.input(c);
        int matrix = graph.constant(name + ".weight", GateOrder.ICFO.apply(joined(index, lstm)),
                4 * hidden, lstm.inputSize() + hidden);
        int bias = graph.constant(name + ".bias", GateOrder.ICFO.apply(weights.get(index, "bias")), 4 * hidden);
        int nextH = graph.floats("h." + recurrent + ".next", 1, hidden);
        int nextC = graph.floats("c." + recurrent + ".next", 1, hidden);
        nextStates.add(nextH);
        nextStates.add(nextC);
        var options = new LSTMOptionsT();
        options.setFusedActivationFunction(ActivationFunctionType.TANH);
        options.setKernelType(LSTMKernelType.BASIC);
        graph.operator(BuiltinOperator.LSTM, 1, BuiltinOptions.LSTMOptions, options, new int[] {input, h, matrix, bias, c},
                nextH, nextC, graph.floats(name + ".joined", 1, lstm.inputSize() + hidden),
                graph.floats(name + ".gates", 1, 4 * hidden));
        return nextH;
    }

    /** Tensors of the states after the step, in the order of the inputs. */
    List<Integer> nextStates() {
        return nextStates;
    }

    /** Input and recurrent weights of a row side by side. */
    private float[] joined(int index, Lstm lstm) {
        float[] ih = weights.get(index, "weight_ih");
        float[] hh = weights.get(index, "weight_hh");
        int in = lstm.inputSize();
        int hidden = lstm.hiddenSize();
        float[] joined = new float[ih.length + hh.length];
        for (int row = 0; row < 4 * hidden; row++) {
            System.arraycopy(ih, row * in, joined, row * (in + hidden), in);
            System.arraycopy(hh, row * hidden, joined, row * (in + hidden) + in, hidden);
        }
        return joined;
    }
}
