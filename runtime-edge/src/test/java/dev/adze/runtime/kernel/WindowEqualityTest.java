package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.session.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Windows and batches of windows give the bits of single steps, in every kernel and tier, and leave the same state. */
class WindowEqualityTest {
    private static List<KernelChoice> kernels() {
        var kernels = new ArrayList<>(List.of(KernelChoice.scalar(), KernelChoice.vector()));
        KernelChoice.nativeTiers().forEach(tier -> kernels.add(KernelChoice.nativeTier(tier)));
        return kernels;
    }

    private static List<NetworkTensors> precisions(RecurrentNetwork network, long seed) {
        Weights weights = RandomNetworks.weights(network, new Random(seed));
        var all = new ArrayList<>(RandomNetworks.PRECISIONS.stream().map(precision -> RandomNetworks.tensors(weights, precision)).toList());
        Random random = new Random(seed);
        all.add(RandomNetworks.mixed(weights, random));
        all.add(RandomNetworks.mixed(weights, random));
        return all;
    }

    @Test
    void windowsOfAnyLengthGiveTheBitsOfSteps() {
        for (int hidden : new int[] {1, 16, 17, 50}) {
            for (int inputs : new int[] {1, 3, 9}) {
                check(RecurrentNetwork.stackedLstm(inputs, 1 + hidden % 3, hidden, 2), new int[] {1, 2, 3, 7, 31, 61}, 1, hidden);
            }
        }
    }

    @Test
    void layersOfDifferentSizesAndSeveralDenseLayersGiveTheBitsOfSteps() {
        check(new RecurrentNetwork(5, List.<Layer>of(new Lstm(5, 40), new Lstm(40, 7), new Lstm(7, 33),
                new Dense(33, 20, Dense.Activation.TANH), new Dense(20, 3, Dense.Activation.RELU))), new int[] {13}, 1, 1);
        check(new RecurrentNetwork(5, List.<Layer>of(new Dense(5, 8, Dense.Activation.TANH), new Lstm(8, 7))), new int[] {13}, 1, 2);
        check(new RecurrentNetwork(5, List.<Layer>of(new Lstm(5, 18))), new int[] {13}, 1, 3);
    }

    @Test
    void extremeInputsGiveTheBitsOfSteps() {
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(4, 2, 21, 1);
        for (float magnitude : new float[] {1e-44f, 1e-31f, 1e4f, 1e30f}) {
            check(network, new int[] {20}, magnitude, 5);
        }
    }

    @Test
    void layersOnSeveralThreadsGiveTheBitsOfOne() {
        if (KernelChoice.nativeTiers().isEmpty()) {
            return; // the Java kernels run a window on one thread
        }
        for (int threads : new int[] {2, 3, 5}) {
            for (NetworkTensors tensors : precisions(RecurrentNetwork.stackedLstm(6, 4, 45, 2), 12)) {
                try (var alone = CompiledNetwork.compile(tensors);
                        var shared = CompiledNetwork.compile(tensors, KernelChoice.best(), Threads.exactly(threads));
                        var a = new Session(alone); var b = new Session(shared); var c = new Session(shared)) {
                    for (int round = 0; round < 30; round++) {
                        int steps = 1 + round * 7 % 100;
                        float[] features = features(6, 2 * steps, 1, round);
                        float[] expected = new float[4];
                        float[] actual = new float[4];
                        a.inferWindow(features, steps, expected);
                        b.inferWindow(features, steps, actual);
                        c.inferWindow(features, 1 + steps / 2, new float[2]);
                        String what = tensors.precision() + ", " + threads + " threads, " + steps + " steps";
                        assertArrayEquals(expected, actual, what);
                        assertEquals(a.saveState(), b.saveState(), what);
                        a.inferWindows(features, steps, 2, expected);
                        b.inferWindows(features, steps, 2, actual);
                        assertArrayEquals(expected, actual, what + ", two windows");
                    }
                }
            }
        }
    }

    @Test
    void sessionsOfOneNetworkOnSeveralThreadsShareItsCrewWithoutMixingUp() throws Exception {
        NetworkTensors tensors = NetworkTensors.of(RandomNetworks.weights(RecurrentNetwork.stackedLstm(4, 3, 30, 1), new Random(13)));
        float[] features = features(4, 60, 1, 14);
        float[] expected = new float[1];
        try (var network = CompiledNetwork.compile(tensors, KernelChoice.best(), Threads.exactly(3));
                var pool = java.util.concurrent.Executors.newFixedThreadPool(4)) {
            try (var session = new Session(network)) {
                session.inferWindow(features, 60, expected);
            }
            var runs = new ArrayList<java.util.concurrent.Future<Boolean>>();
            for (int i = 0; i < 4; i++) {
                runs.add(pool.submit(() -> {
                    boolean same = true;
                    try (var session = new Session(network)) {
                        float[] actual = new float[1];
                        for (int round = 0; round < 200; round++) {
                            session.inferWindow(features, 60, actual);
                            same &= actual[0] == expected[0];
                        }
                    }
                    return same;
                }));
            }
            for (var run : runs) {
                assertEquals(true, run.get());
            }
        }
    }

    /** Longer than a stretch that the native kernel runs at once. */
    @Test
    void longWindowsGiveTheBitsOfSteps() {
        check(RecurrentNetwork.stackedLstm(2, 2, 18, 1), new int[] {700}, 1, 6);
    }

    @Test
    void aNetworkOfTheStudentsSizeGivesTheBitsOfSteps() {
        for (NetworkTensors tensors : precisions(RecurrentNetwork.stackedLstm(32, 2, 560, 1), 7)) {
            float[] features = features(32, 35, 1, 8);
            try (var network = CompiledNetwork.compile(tensors)) {
                compare(network, features, 35, tensors.precision().toString());
            }
        }
    }

    /** 301 units have weights of a size that windows read apart in fp32, fp16 and int8; the student's 560 in int8 and int4. */
    @Test
    void weightsReadApartGiveTheBitsOfSteps() {
        for (NetworkTensors tensors : precisions(RecurrentNetwork.stackedLstm(3, 2, 301, 1), 5)) {
            float[] features = features(3, 9, 1, 6);
            for (String tier : KernelChoice.nativeTiers()) {
                try (var network = CompiledNetwork.compile(tensors, KernelChoice.nativeTier(tier))) {
                    compare(network, features, 9, tensors.precision() + " " + tier);
                }
            }
        }
    }

    @Test
    void aRingGivesTheBitsOfTheWindowWhereverItBegins() {
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(3, 2, 20, 2);
        float[] ring = features(3, 11, 1, 9);
        for (KernelChoice kernel : kernels()) {
            for (NetworkTensors tensors : precisions(network, 10)) {
                try (var compiled = CompiledNetwork.compile(tensors, kernel)) {
                    for (int first = 0; first < 11; first++) {
                        float[] straight = new float[ring.length];
                        System.arraycopy(ring, first * 3, straight, 0, ring.length - first * 3);
                        System.arraycopy(ring, 0, straight, ring.length - first * 3, first * 3);
                        float[] expected = new float[2];
                        float[] actual = new float[2];
                        compiled.newRunner().window(straight, 3, 11, 0, 9, expected);
                        compiled.newRunner().window(ring, 3, 11, first, 9, actual);
                        assertArrayEquals(expected, actual, kernel.name() + " from row " + first);
                    }
                }
            }
        }
    }

    @Test
    void manyWindowsAtOnceGiveTheBitsOfEach() {
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(5, 2, 37, 3);
        for (KernelChoice kernel : kernels()) {
            for (NetworkTensors tensors : precisions(network, 11)) {
                try (var compiled = CompiledNetwork.compile(tensors, kernel); var together = new Session(compiled);
                        var alone = new Session(compiled)) {
                    for (int windows : new int[] {1, 2, 3, 6, 7, 40}) {
                        int steps = 1 + windows % 9;
                        float[] features = features(5, steps * windows, 1, windows);
                        float[] outputs = new float[3 * windows + 1];
                        together.inferWindows(features, steps, windows, outputs);
                        float[] output = new float[3];
                        for (int i = 0; i < windows; i++) {
                            alone.inferWindow(Arrays.copyOfRange(features, i * steps * 5, (i + 1) * steps * 5), steps, output);
                            assertArrayEquals(output, Arrays.copyOfRange(outputs, 3 * i, 3 * i + 3),
                                    kernel.name() + " " + tensors.precision() + ", window " + i + " of " + windows);
                        }
                        assertEquals(alone.saveState(), together.saveState());
                    }
                    assertThrows(IllegalArgumentException.class, () -> together.inferWindows(new float[9], 1, 2, new float[6]));
                    assertThrows(IllegalArgumentException.class, () -> together.inferWindows(new float[10], 1, 2, new float[5]));
                    assertThrows(IllegalArgumentException.class, () -> together.inferWindows(new float[10], 1, 0, new float[5]));
                }
            }
        }
    }

    private static void check(RecurrentNetwork network, int[] lengths, float magnitude, long seed) {
        for (KernelChoice kernel : kernels()) {
            for (NetworkTensors tensors : precisions(network, seed)) {
                try (var compiled = CompiledNetwork.compile(tensors, kernel)) {
                    for (int steps : lengths) {
                        compare(compiled, features(network.inputSize(), steps, magnitude, seed + steps), steps,
                                kernel.name() + " " + tensors.precision() + " " + network + ", seed " + seed);
                    }
                }
            }
        }
    }

    private static void compare(CompiledNetwork network, float[] features, int steps, String what) {
        int inputs = network.network().inputSize();
        float[] expected = new float[network.network().outputSize()];
        float[] actual = new float[expected.length];
        try (var stream = new Session(network); var window = new Session(network)) {
            window.infer(features, actual); // a window starts from zero state whatever was before
            for (int t = 0; t < steps; t++) {
                stream.infer(Arrays.copyOfRange(features, t * inputs, (t + 1) * inputs), expected);
            }
            window.inferWindow(features, steps, actual);
            assertArrayEquals(expected, actual, what + ", " + steps + " steps");
            assertEquals(stream.saveState(), window.saveState(), what + ", state after " + steps + " steps");
            stream.infer(features, expected);
            window.infer(features, actual);
            assertArrayEquals(expected, actual, what + ", the step after " + steps + " steps");
        }
    }

    private static float[] features(int inputs, int steps, float magnitude, long seed) {
        Random random = new Random(seed);
        float[] features = new float[inputs * steps];
        for (int i = 0; i < features.length; i++) {
            features[i] = magnitude * (float) random.nextGaussian();
        }
        return features;
    }
}
