package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.session.RecurrentState;
import dev.adze.runtime.session.Session;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** GRU, layer norm, peephole, bidirectional, residual, pooling: against double precision, between kernels, over a restart. */
class ArchitecturePartsTest {
    private static final int STEPS = 9;

    @Test
    void everyPartAgreesWithDoublePrecision() {
        for (int[] size : new int[][] {{1, 1}, {3, 5}, {8, 16}, {33, 70}}) {
            for (RecurrentNetwork network : RandomArchitectures.examples(size[0], size[1])) {
                checkAgainstDouble(network, STEPS, 1, 1e-5, 7);
            }
        }
    }

    @Test
    void randomArchitecturesAgreeWithDoublePrecision() {
        for (long seed = 1; seed <= 40; seed++) {
            checkAgainstDouble(RandomArchitectures.random(new Random(seed), 60), 12, 1, 1e-5, seed);
        }
    }

    @Test
    void largeLayersAgreeWithDoublePrecision() {
        Dense head = new Dense(2000, 1, Dense.Activation.IDENTITY);
        checkAgainstDouble(new RecurrentNetwork(7, List.of(new Gru(7, 2000), head)), 3, 1, 1e-5, 3);
        checkAgainstDouble(new RecurrentNetwork(7, List.of(new LstmVariant(7, 2000, true, true), head)), 3, 1, 1e-4, 3);
    }

    /** The bounds are looser where a saturated gate's last bits meet a large input. */
    @Test
    void tinyAndHugeInputsAgreeWithDoublePrecision() {
        for (RecurrentNetwork network : RandomArchitectures.examples(5, 12)) {
            checkAgainstDouble(network, STEPS, 1e-42, 1e-5, 11); // denormals
            checkAgainstDouble(network, STEPS, 1e3, 1e-4, 12);
        }
    }

    @Test
    void int8FollowsItsOwnDequantizedWeights() {
        for (RecurrentNetwork network : RandomArchitectures.examples(6, 40)) {
            Weights weights = RandomNetworks.weights(network, new Random(21));
            NetworkTensors int8 = RandomNetworks.quantize(weights);
            float[] features = features(network, STEPS, 1, 22);
            double[][] expected = new PartReference(RandomNetworks.dequantize(int8)).run(features, STEPS);
            float[] actual = window(int8, KernelChoice.scalar(), features, STEPS);
            for (int k = 0; k < actual.length; k++) {
                assertEquals(expected[STEPS - 1][k], actual[k], 0.02, network + ", output " + k);
            }
        }
    }

    @Test
    void theVectorKernelGivesTheScalarBits() {
        for (int[] size : new int[][] {{1, 1}, {2, 15}, {7, 17}, {32, 65}}) {
            for (RecurrentNetwork network : RandomArchitectures.examples(size[0], size[1])) {
                compareKernels(network, 1, 31);
            }
        }
        for (long seed = 1; seed <= 25; seed++) {
            compareKernels(RandomArchitectures.random(new Random(seed), 90), (float) Math.pow(10, seed % 7 - 3), seed);
        }
    }

    @Test
    void streamingEqualsWindowBitForBitAndAStateGoesOnWhereItStopped() {
        for (RecurrentNetwork network : RandomArchitectures.examples(4, 18)) {
            if (network.causal()) {
                Weights weights = RandomNetworks.weights(network, new Random(41));
                checkStreaming(NetworkTensors.of(weights));
                checkStreaming(RandomNetworks.quantize(weights));
            }
        }
    }

    @Test
    void exponentialsOfAttentionAreRightOverTheirRange() {
        double worst = 0;
        for (float x = -87f; x <= 0; x += 0.00137f) {
            worst = Math.max(worst, Math.abs(ScalarMath.exp(x) / Math.exp(x) - 1));
        }
        assertTrue(worst <= 2e-7, "relative error " + worst);
        assertEquals(1f, ScalarMath.exp(0f));
        assertEquals(1f, ScalarMath.exp(-0f));
        assertEquals(0f, ScalarMath.exp(Float.NEGATIVE_INFINITY));
        assertEquals(0f, ScalarMath.exp(-87.1f));
        assertTrue(Float.isNaN(ScalarMath.exp(Float.NaN)));
    }

    @Test
    void attentionWithWildlyDifferentScoresStaysFinite() {
        var network = new RecurrentNetwork(1, List.of(new AttentionPooling(1, 1), new Dense(1, 1, Dense.Activation.IDENTITY)));
        Weights weights = RandomNetworks.weights(network, new Random(1));
        weights.get(0, "weight")[0] = 1;
        weights.get(0, "bias")[0] = 0;
        weights.get(0, "query")[0] = 1000;
        weights.get(1, "weight")[0] = 1;
        weights.get(1, "bias")[0] = 0;
        // Scores -1000, 0, 1000, -1000: each new largest one makes all before it vanish.
        assertEquals(20f, window(NetworkTensors.of(weights), KernelChoice.scalar(), new float[] {-20, 0, 20, -20}, 4)[0]);
    }

    private static void checkStreaming(NetworkTensors tensors) {
        RecurrentNetwork network = tensors.network();
        float[] features = features(network, 12, 1, 42);
        try (var compiled = CompiledNetwork.compile(tensors);
                var stream = new Session(compiled); var window = new Session(compiled); var restored = new Session(compiled)) {
            float[] a = new float[2];
            float[] b = new float[2];
            RecurrentState saved = null;
            for (int t = 0; t < 12; t++) {
                float[] step = Arrays.copyOfRange(features, t * network.inputSize(), (t + 1) * network.inputSize());
                stream.infer(step, a);
                window.inferWindow(features, t + 1, b);
                assertArrayEquals(a, b, network.toString());
                assertEquals(stream.saveState(), window.saveState(), network.toString());
                if (saved != null) {
                    restored.restoreState(saved);
                    restored.infer(step, b);
                    assertArrayEquals(a, b, network.toString());
                }
                saved = stream.saveState();
            }
        }
    }

    private static void checkAgainstDouble(RecurrentNetwork network, int steps, double magnitude, double bound, long seed) {
        Weights weights = RandomNetworks.weights(network, new Random(seed));
        float[] features = features(network, steps, magnitude, seed + 1);
        double[][] expected = new PartReference(weights).run(features, steps);
        float[] actual = window(NetworkTensors.of(weights), KernelChoice.scalar(), features, steps);
        double scale = Math.max(1e-2, Arrays.stream(expected[steps - 1]).map(Math::abs).max().orElseThrow());
        for (int k = 0; k < actual.length; k++) {
            assertEquals(expected[steps - 1][k], actual[k], bound * scale, network + ", seed " + seed + ", output " + k);
        }
    }

    private static void compareKernels(RecurrentNetwork network, float magnitude, long seed) {
        Weights weights = RandomNetworks.weights(network, new Random(seed));
        float[] features = features(network, STEPS, magnitude, seed + 1);
        NetworkTensors mixed = RandomNetworks.mixed(weights, new Random(seed + 2));
        for (NetworkTensors tensors : Stream.concat(RandomNetworks.PRECISIONS.stream().map(p -> RandomNetworks.tensors(weights, p)),
                Stream.of(mixed)).toList()) {
            float[] expected = window(tensors, KernelChoice.scalar(), features, STEPS);
            assertArrayEquals(expected, window(tensors, KernelChoice.vector(), features, STEPS),
                    () -> tensors.precisions() + " " + network + ", seed " + seed);
            assertArrayEquals(expected, window(tensors, KernelChoice.best(), features, STEPS),
                    () -> "best kernel, " + tensors.precision() + " " + network + ", seed " + seed);
        }
    }

    private static float[] window(NetworkTensors tensors, KernelChoice kernel, float[] features, int steps) {
        try (var compiled = CompiledNetwork.compile(tensors, kernel); var session = new Session(compiled)) {
            float[] output = new float[tensors.network().outputSize()];
            session.inferWindow(features, steps, output);
            return output;
        }
    }

    private static float[] features(RecurrentNetwork network, int steps, double magnitude, long seed) {
        Random random = new Random(seed);
        float[] features = new float[steps * network.inputSize()];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) (magnitude * random.nextGaussian());
        }
        return features;
    }
}
