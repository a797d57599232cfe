package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** fp32 against the LSTM equations written down anew in double precision with Math.exp. */
class DoubleReferenceTest {
    @Test
    void fp32AgreesToOneInAHundredThousandOverALongRun() {
        for (long seed = 1; seed <= 4; seed++) {
            Random random = new Random(seed);
            int layers = 1 + (int) seed % 3;
            int hidden = random.nextInt(20, 200);
            int inputs = random.nextInt(1, 33);
            RecurrentNetwork network = RecurrentNetwork.stackedLstm(inputs, layers, hidden, 3);
            Weights weights = RandomNetworks.weights(network, random);
            Reference reference = new Reference(weights, layers, inputs, hidden, 3);
            try (CompiledNetwork compiled = CompiledNetwork.compile(weights)) {
                StepRunner runner = compiled.newRunner();
                float[] features = new float[inputs];
                float[] output = new float[3];
                double worst = 0;
                for (int t = 0; t < 200; t++) {
                    for (int k = 0; k < inputs; k++) {
                        features[k] = (float) random.nextGaussian();
                    }
                    runner.step(features, 0, output);
                    double[] expected = reference.step(features);
                    double scale = 0;
                    for (double e : expected) {
                        scale = Math.max(scale, Math.abs(e));
                    }
                    for (int i = 0; i < 3; i++) {
                        worst = Math.max(worst, Math.abs(output[i] - expected[i]) / scale);
                    }
                }
                assertTrue(worst <= 1e-5, "seed " + seed + ": relative error " + worst);
            }
        }
    }

    private static final class Reference {
        private final Weights weights;
        private final int layers;
        private final int inputs;
        private final int hidden;
        private final int outputs;
        private final double[][] h;
        private final double[][] c;

        Reference(Weights weights, int layers, int inputs, int hidden, int outputs) {
            this.weights = weights;
            this.layers = layers;
            this.inputs = inputs;
            this.hidden = hidden;
            this.outputs = outputs;
            h = new double[layers][hidden];
            c = new double[layers][hidden];
        }

        double[] step(float[] features) {
            double[] x = new double[inputs];
            for (int k = 0; k < inputs; k++) {
                x[k] = features[k];
            }
            for (int l = 0; l < layers; l++) {
                double[] ih = product(weights.get(l, "weight_ih"), x, 4 * hidden);
                double[] hh = product(weights.get(l, "weight_hh"), h[l], 4 * hidden);
                float[] b = weights.get(l, "bias");
                for (int u = 0; u < hidden; u++) {
                    double i = sigmoid(ih[u] + hh[u] + b[u]);
                    double f = sigmoid(ih[hidden + u] + hh[hidden + u] + b[hidden + u]);
                    double g = Math.tanh(ih[2 * hidden + u] + hh[2 * hidden + u] + b[2 * hidden + u]);
                    double o = sigmoid(ih[3 * hidden + u] + hh[3 * hidden + u] + b[3 * hidden + u]);
                    c[l][u] = f * c[l][u] + i * g;
                    h[l][u] = o * Math.tanh(c[l][u]);
                }
                x = h[l];
            }
            double[] y = product(weights.get(layers, "weight"), x, outputs);
            for (int i = 0; i < outputs; i++) {
                y[i] += weights.get(layers, "bias")[i];
            }
            return y;
        }

        private static double[] product(float[] matrix, double[] x, int rows) {
            double[] y = new double[rows];
            for (int r = 0; r < rows; r++) {
                for (int k = 0; k < x.length; k++) {
                    y[r] += (double) matrix[r * x.length + k] * x[k];
                }
            }
            return y;
        }

        private static double sigmoid(double x) {
            return 1 / (1 + Math.exp(-x));
        }
    }
}
