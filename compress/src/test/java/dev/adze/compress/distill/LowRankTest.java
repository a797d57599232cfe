package dev.adze.compress.distill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LowRankTest {
    private static final RecurrentNetwork NETWORK = RecurrentNetwork.stackedLstm(3, 2, 8, 2);

    private static Weights random(RecurrentNetwork network, long seed) {
        var random = new Random(seed);
        var tensors = new LinkedHashMap<String, float[]>();
        for (TensorSpec spec : network.tensors()) {
            float[] values = new float[Math.toIntExact(spec.elementCount())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.5 * random.nextGaussian());
            }
            tensors.put(spec.name(), values);
        }
        return new Weights(network, tensors);
    }

    private static float[] run(Weights weights) {
        var random = new Random(9);
        float[] features = new float[20 * 3];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        float[] outputs = new float[40];
        try (var compiled = CompiledNetwork.compile(NetworkTensors.of(weights), KernelChoice.scalar())) {
            var runner = compiled.newRunner();
            float[] output = new float[2];
            for (int t = 0; t < 20; t++) {
                runner.step(features, 3 * t, output);
                System.arraycopy(output, 0, outputs, 2 * t, 2);
            }
        }
        return outputs;
    }

    /** Made by multiplying: {@code [rows, rank] [rank, 8]}. */
    private static float[] product(float[] left, float[] right, int rank) {
        float[] product = new float[left.length / rank * 8];
        for (int i = 0; i < product.length; i++) {
            for (int r = 0; r < rank; r++) {
                product[i] += left[i / 8 * rank + r] * right[r * 8 + i % 8];
            }
        }
        return product;
    }

    @Test
    void matricesThatHaveTheRankLoseNothing() {
        var random = new Random(5);
        Weights weights = random(NETWORK, 4);
        for (int layer = 0; layer < 2; layer++) {
            float[] right = new float[3 * 8];
            for (int i = 0; i < right.length; i++) {
                right[i] = (float) random.nextGaussian();
            }
            for (String name : new String[] {"layers." + layer + ".weight_hh", layer == 0 ? "layers.1.weight_ih" : "layers.2.weight"}) {
                float[] whole = weights.tensors().get(name);
                float[] left = new float[whole.length / 8 * 3];
                for (int i = 0; i < left.length; i++) {
                    left[i] = (float) (0.3 * random.nextGaussian());
                }
                System.arraycopy(product(left, right, 3), 0, whole, 0, whole.length);
            }
        }
        Weights low = LowRank.factorise(weights, 0.375);
        assertEquals(new ProjectedLstm(3, 8, 3), low.network().layers().get(0));
        assertEquals(new ProjectedLstm(3, 8, 3), low.network().layers().get(1));
        assertArrayEquals(run(weights), run(low), 2e-5f);
    }

    /** No other matrices of that rank are nearer: the error is what singular values are left out, here by power iteration. */
    @Test
    void whatIsLostIsWhatTheSmallSingularValuesHold() {
        Weights weights = random(NETWORK, 6);
        double last = Double.POSITIVE_INFINITY;
        for (double share : new double[] {0.25, 0.5, 0.75, 0.9}) {
            Weights low = LowRank.factorise(weights, share);
            int rank = ((ProjectedLstm) low.network().layers().getFirst()).hiddenSize();
            double lost = 0;
            for (String name : new String[] {"layers.0.weight_hh", "layers.1.weight_ih"}) {
                float[] back = product(low.tensors().get(name), low.tensors().get("layers.0.weight_hr"), rank);
                for (int i = 0; i < back.length; i++) {
                    lost += Math.pow(back[i] - weights.tensors().get(name)[i], 2);
                }
            }
            assertEquals(leftOut(weights, rank), lost, 1e-4);
            assertTrue(lost < last, "rank " + rank);
            last = lost;
        }
    }

    /** Sum of the eigenvalues of the Gram matrix but the largest {@code rank}, by deflation. */
    private static double leftOut(Weights weights, int rank) {
        double[][] gram = new double[8][8];
        double trace = 0;
        for (String name : new String[] {"layers.0.weight_hh", "layers.1.weight_ih"}) {
            float[] matrix = weights.tensors().get(name);
            for (int row = 0; row < matrix.length; row += 8) {
                for (int i = 0; i < 8; i++) {
                    for (int j = 0; j < 8; j++) {
                        gram[i][j] += (double) matrix[row + i] * matrix[row + j];
                    }
                    trace += (double) matrix[row + i] * matrix[row + i];
                }
            }
        }
        for (int r = 0; r < rank; r++) {
            double[] v = new Random(r).doubles(8).toArray();
            double value = 0;
            for (int iteration = 0; iteration < 20_000; iteration++) {
                double[] next = new double[8];
                for (int i = 0; i < 8; i++) {
                    for (int j = 0; j < 8; j++) {
                        next[i] += gram[i][j] * v[j];
                    }
                }
                value = Math.sqrt(java.util.Arrays.stream(next).map(x -> x * x).sum());
                for (int i = 0; i < 8; i++) {
                    v[i] = next[i] / value;
                }
            }
            for (int i = 0; i < 8; i++) {
                for (int j = 0; j < 8; j++) {
                    gram[i][j] -= value * v[i] * v[j];
                }
            }
            trace -= value;
        }
        return trace;
    }
}
