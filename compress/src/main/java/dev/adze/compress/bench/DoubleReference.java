package dev.adze.compress.bench;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Weights;

/**
 * The network in double precision, straight from the formulas of {@link Lstm} and {@link Dense} with the JDK's exp and
 * tanh: what every engine's outputs are compared with. Shares nothing with any kernel.
 */
final class DoubleReference {
    private final Weights weights;
    private final double[][] hidden;
    private final double[][] cell;

    DoubleReference(Weights weights) {
        this.weights = weights;
        int layers = weights.network().layers().size();
        hidden = new double[layers][];
        cell = new double[layers][];
        reset();
    }

    void reset() {
        for (int i = 0; i < hidden.length; i++) {
            int units = weights.network().layers().get(i).outputSize();
            hidden[i] = new double[units];
            cell[i] = new double[units];
        }
    }

    /** @return the outputs of one step; the state is carried */
    double[] step(float[] features, int offset) {
        double[] x = new double[weights.network().inputSize()];
        for (int i = 0; i < x.length; i++) {
            x[i] = features[offset + i];
        }
        for (int i = 0; i < weights.network().layers().size(); i++) {
            Layer layer = weights.network().layers().get(i);
            x = switch (layer) {
                case Lstm lstm -> lstm(i, lstm, x);
                case Dense dense -> dense(i, dense, x);
                case Layer other -> throw other.refusedBy("adze bench");
            };
        }
        return x;
    }

    /** @return the outputs of the last step of {@code features [steps, inputs]}, from zero state */
    double[] window(float[] features, int steps) {
        reset();
        double[] output = null;
        for (int t = 0; t < steps; t++) {
            output = step(features, t * weights.network().inputSize());
        }
        return output;
    }

    private double[] lstm(int index, Lstm layer, double[] x) {
        int units = layer.hiddenSize();
        double[] input = product(weights.get(index, "weight_ih"), x, weights.get(index, "bias"));
        double[] recurrent = product(weights.get(index, "weight_hh"), hidden[index], null);
        for (int j = 0; j < units; j++) {
            double i = sigmoid(input[j] + recurrent[j]);
            double f = sigmoid(input[units + j] + recurrent[units + j]);
            double g = Math.tanh(input[2 * units + j] + recurrent[2 * units + j]);
            double o = sigmoid(input[3 * units + j] + recurrent[3 * units + j]);
            cell[index][j] = f * cell[index][j] + i * g;
            hidden[index][j] = o * Math.tanh(cell[index][j]);
        }
        return hidden[index].clone();
    }

    private double[] dense(int index, Dense layer, double[] x) {
        double[] y = product(weights.get(index, "weight"), x, weights.get(index, "bias"));
        for (int j = 0; j < y.length; j++) {
            y[j] = switch (layer.activation()) {
                case IDENTITY -> y[j];
                case RELU -> Math.max(0, y[j]);
                case TANH -> Math.tanh(y[j]);
                case GELU -> y[j] / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (y[j] + 0.044715 * y[j] * y[j] * y[j])));
            };
        }
        return y;
    }

    private static double[] product(float[] matrix, double[] x, float[] bias) {
        double[] y = new double[matrix.length / x.length];
        for (int row = 0; row < y.length; row++) {
            double sum = bias == null ? 0 : bias[row];
            for (int k = 0; k < x.length; k++) {
                sum += matrix[row * x.length + k] * x[k];
            }
            y[row] = sum;
        }
        return y;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
