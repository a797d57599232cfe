package dev.adze.compress.evaluate;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.List;

/**
 * Gates and state of one LSTM layer at every step, in double precision: for looking at, not for deploying (the runtime's
 * own results are those of docs/arithmetic.md).
 *
 * @param layer   index in the network
 * @param units   hidden size
 * @param steps   of the sequence
 * @param signals {@code [6][steps * units]}, row-major by step, in the order of {@link #SIGNALS}
 */
public record GateTrace(int layer, int units, int steps, double[][] signals) {
    /** Input, forget, cell candidate and output gate after their activation; cell and hidden value after the step. */
    public static final List<String> SIGNALS = List.of("i", "f", "g", "o", "cell", "hidden");
    private static final int CELL = 4;
    private static final int HIDDEN = 5;

    /** Leading plain LSTM layers of a network: those that are traced. */
    public static int layers(Weights weights) {
        int count = 0;
        for (var layer : weights.network().layers()) {
            if (!(layer instanceof Lstm)) {
                break;
            }
            count++;
        }
        return count;
    }

    /**
     * From zero state over a sequence; one trace a layer, as many as {@link #layers}.
     *
     * @param features {@code [steps, inputSize]}, as the preprocessing leaves them
     * @throws IllegalArgumentException if they are no whole number of steps
     */
    public static List<GateTrace> of(Weights weights, float[] features) {
        int width = weights.network().inputSize();
        if (features.length % width != 0) {
            throw new IllegalArgumentException(features.length + " features are no whole number of steps of " + width);
        }
        double[] inputs = new double[features.length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = features[i];
        }
        var traces = new ArrayList<GateTrace>();
        for (int layer = 0; layer < layers(weights); layer++) {
            Lstm lstm = (Lstm) weights.network().layers().get(layer);
            var trace = new GateTrace(layer, lstm.hiddenSize(), features.length / width,
                    new double[SIGNALS.size()][features.length / width * lstm.hiddenSize()]);
            trace.fill(lstm, weights, inputs);
            inputs = trace.signals[HIDDEN];
            traces.add(trace);
        }
        return traces;
    }

    /** A signal by its name in {@link #SIGNALS}: {@code [steps, units]}. */
    public double[] signal(String name) {
        return signals[SIGNALS.indexOf(name)];
    }

    private void fill(Lstm lstm, Weights weights, double[] inputs) {
        float[] weightIh = weights.get(layer, "weight_ih");
        float[] weightHh = weights.get(layer, "weight_hh");
        float[] bias = weights.get(layer, "bias");
        double[] hidden = new double[units];
        double[] cell = new double[units];
        double[] gates = new double[4];
        for (int t = 0; t < steps; t++) {
            double[] next = new double[units];
            for (int unit = 0; unit < units; unit++) {
                for (int gate = 0; gate < 4; gate++) {
                    int row = gate * units + unit;
                    double sum = bias[row] + dot(weightIh, row, inputs, t * lstm.inputSize(), lstm.inputSize())
                            + dot(weightHh, row, hidden, 0, units);
                    gates[gate] = gate == 2 ? Math.tanh(sum) : 1 / (1 + Math.exp(-sum));
                    signals[gate][t * units + unit] = gates[gate];
                }
                cell[unit] = gates[1] * cell[unit] + gates[0] * gates[2];
                next[unit] = gates[3] * Math.tanh(cell[unit]);
                signals[CELL][t * units + unit] = cell[unit];
                signals[HIDDEN][t * units + unit] = next[unit];
            }
            hidden = next;
        }
    }

    private static double dot(float[] matrix, int row, double[] vector, int from, int size) {
        double sum = 0;
        for (int k = 0; k < size; k++) {
            sum += matrix[row * size + k] * vector[from + k];
        }
        return sum;
    }
}
