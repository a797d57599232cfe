package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Int4;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A kernel gives the scalar kernel's bits: outputs and state, every step. */
abstract class KernelEqualityContract {
    /** The kernels under test. */
    abstract List<KernelChoice> kernels();

    /** That compute a step. */
    Threads threads() {
        return Threads.one();
    }

    @Test
    void smallAndOddSizesGiveTheSameBits() {
        for (int hidden : new int[] {1, 2, 3, 5, 15, 16, 17, 31, 33, 64, 100}) {
            for (int input : new int[] {1, 2, 3, 4, 7, 32}) {
                compare(RecurrentNetwork.stackedLstm(input, 2, hidden, 1 + hidden % 3), 12, 1f, 31L * hidden + input);
            }
        }
    }

    @Test
    void randomNetworksGiveTheSameBits() {
        for (long seed = 1; seed <= 12; seed++) {
            Random random = new Random(seed);
            compare(randomNetwork(random), 10, (float) Math.pow(10, random.nextInt(-3, 4)), seed);
        }
    }

    @Test
    void aNetworkOfTheStudentsSizeGivesTheSameBits() {
        compare(RecurrentNetwork.stackedLstm(32, 2, 560, 1), 5, 1f, 99);
    }

    @Test
    void twoThousandUnitsAndOddLargeSizesGiveTheSameBits() {
        compare(RecurrentNetwork.stackedLstm(3, 1, 2000, 1), 2, 1f, 2000);
        compare(RecurrentNetwork.stackedLstm(77, 2, 431, 3), 3, 1f, 431);
    }

    @Test
    void layersOfDifferentPrecisionsGiveTheSameBits() {
        for (Precision first : RandomNetworks.PRECISIONS) {
            for (Precision second : RandomNetworks.PRECISIONS) {
                RecurrentNetwork network = RecurrentNetwork.stackedLstm(5, 3, 37, 2);
                Random random = new Random(7);
                Weights weights = RandomNetworks.weights(network, random);
                float[][] steps = new float[10][5];
                for (float[] step : steps) {
                    for (int k = 0; k < step.length; k++) {
                        step[k] = (float) random.nextGaussian();
                    }
                }
                compare(RandomNetworks.tensors(weights, List.of(first, second, first, Precision.FP32)), steps,
                        first + ", " + second + ", " + first);
            }
        }
        for (long seed = 1; seed <= 10; seed++) {
            Random random = new Random(seed);
            RecurrentNetwork network = randomNetwork(random);
            float[][] steps = new float[6][network.inputSize()];
            for (float[] step : steps) {
                for (int k = 0; k < step.length; k++) {
                    step[k] = (float) random.nextGaussian();
                }
            }
            NetworkTensors tensors = RandomNetworks.mixed(RandomNetworks.weights(network, random), random);
            compare(tensors, steps, network + ", " + tensors.precisions() + ", seed " + seed);
        }
    }

    @Test
    void extremeInputsGiveTheSameBits() {
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(6, 2, 20, 2);
        Weights weights = RandomNetworks.weights(network, new Random(5));
        float[][] steps = {
            {0, 0, 0, 0, 0, 0}, {-0f, 0, -0f, 0, -0f, 0}, {Float.MIN_VALUE, 0, -Float.MIN_VALUE, 1e-40f, 0, 0},
            {Float.MAX_VALUE, 0, 0, 0, 0, 0}, {1e30f, -1e30f, 1e-30f, 1, -1, 0}, {1e-31f, 1e-32f, 0, 0, 0, 0},
            {127, -127, 63.5f, 0.5f, -0.5f, 1.5f}, {3e38f, 3e38f, 3e38f, 3e38f, 3e38f, 3e38f}};
        for (Precision precision : RandomNetworks.PRECISIONS) {
            compare(RandomNetworks.tensors(weights, precision), steps, precision + ", extreme inputs");
        }
    }

    @Test
    void hugeWeightsSaturateTheSameWay() {
        Weights weights = RandomNetworks.weights(RecurrentNetwork.stackedLstm(3, 2, 18, 1), new Random(8));
        weights.tensors().values().forEach(values -> {
            for (int i = 0; i < values.length; i++) {
                values[i] *= 1e18f;
            }
        });
        float[][] steps = {{1, 2, 3}, {1e20f, -1e20f, 1}, {0, 0, 0}};
        compare(NetworkTensors.of(weights), steps, "huge weights fp32");
        compare(RandomNetworks.quantize(weights), steps, "huge weights int8");
        compare(RandomNetworks.tensors(weights, Precision.INT4), steps, "huge weights int4");
    }

    @Test
    void everyHalfPrecisionWeightIsTakenAsItIs() {
        // All 63,488 finite halves, 64 neighbours in magnitude to an input; one input at a time is not zero, and brings
        // its weights to magnitudes that sigmoid and tanh tell apart.
        RecurrentNetwork network = new RecurrentNetwork(992, List.of(new Lstm(992, 16)));
        float[] matrix = new float[64 * 992];
        float[][] steps = new float[992][992];
        int next = 0;
        for (int bits = 0; bits <= 0xFFFF; bits++) {
            float value = Float.float16ToFloat((short) bits);
            if (Float.isFinite(value)) {
                int input = next / 64;
                matrix[next % 64 * 992 + input] = value;
                steps[input][input] = (float) Math.scalb(1.0, -Math.getExponent(value == 0 ? 1 : value));
                next++;
            }
        }
        assertEquals(matrix.length, next);
        var tensors = new java.util.LinkedHashMap<String, Tensor>();
        tensors.put("layers.0.weight_ih", Tensor.half(List.of(64, 992), matrix));
        tensors.put("layers.0.weight_hh", Tensor.half(List.of(64, 16), new float[64 * 16]));
        tensors.put("layers.0.bias", Tensor.of(List.of(64), new float[64]));
        compare(new NetworkTensors(network, Precision.FP16, tensors), steps, "all halves");
    }

    @Test
    void weightsAtTheirLimitsNeverSaturate() {
        // Every digit and every weight of the largest magnitude, signs alike, alternating and drawn.
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(33, 2, 200, 1);
        float[][] steps = new float[8][33];
        for (int t = 0; t < steps.length; t++) {
            for (int k = 0; k < 33; k++) {
                steps[t][k] = t % 2 == 0 || k % (t + 1) == 0 ? 1f : -1f;
            }
        }
        for (Precision precision : List.of(Precision.INT8, Precision.INT4)) {
            for (int signs = 0; signs < 4; signs++) {
                compare(limits(network, precision, signs), steps, precision + " weights at their limits, signs " + signs);
            }
        }
    }

    private static NetworkTensors limits(RecurrentNetwork network, Precision precision, int signs) {
        Random random = new Random(signs);
        java.util.function.IntUnaryOperator sign = i -> switch (signs) {
            case 0 -> 1;
            case 1 -> -1;
            case 2 -> i % 2 == 0 ? 1 : -1;
            default -> random.nextBoolean() ? 1 : -1;
        };
        var tensors = new java.util.LinkedHashMap<String, Tensor>();
        NetworkTensors.layout(network, precision).forEach((name, slot) -> {
            byte[] integers = new byte[slot.shape().stream().reduce(1, (a, b) -> a * b)];
            for (int i = 0; i < integers.length; i++) {
                integers[i] = (byte) (name.endsWith(".multiplier") ? 127 : 127 * sign.applyAsInt(i));
            }
            tensors.put(name, switch (slot.type()) {
                case I8 -> Tensor.of(slot.shape(), integers);
                case U8 -> {
                    int columns = name.endsWith("weight_ih") ? network.layers().get(name.charAt(7) - '0').inputSize() : 200;
                    byte[] q = new byte[slot.shape().getFirst() * columns];
                    for (int i = 0; i < q.length; i++) {
                        q[i] = (byte) (7 * sign.applyAsInt(i));
                    }
                    yield Tensor.unsigned(slot.shape(), Int4.pack(q, slot.shape().getFirst(), columns));
                }
                case F32, F16 -> {
                    float[] values = new float[integers.length];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = name.endsWith(".scale") ? 0.01f : 5f * sign.applyAsInt(i);
                    }
                    yield Tensor.of(slot.shape(), values);
                }
            });
        });
        return new NetworkTensors(network, precision, tensors);
    }

    private static RecurrentNetwork randomNetwork(Random random) {
        int input = random.nextInt(1, 40);
        List<Layer> layers = new ArrayList<>();
        int size = input;
        int count = random.nextInt(1, 5);
        for (int i = 0; i < count; i++) {
            int next = random.nextInt(1, 120);
            layers.add(random.nextInt(4) == 0
                    ? new Dense(size, next, Dense.Activation.values()[random.nextInt(4)]) : new Lstm(size, next));
            size = next;
        }
        return new RecurrentNetwork(input, layers);
    }

    final void compare(RecurrentNetwork network, int stepCount, float magnitude, long seed) {
        Random random = new Random(seed);
        Weights weights = RandomNetworks.weights(network, random);
        float[][] steps = new float[stepCount][network.inputSize()];
        for (float[] step : steps) {
            for (int k = 0; k < step.length; k++) {
                step[k] = magnitude * (float) random.nextGaussian();
            }
        }
        String what = network + ", seed " + seed;
        for (Precision precision : RandomNetworks.PRECISIONS) {
            compare(RandomNetworks.tensors(weights, precision), steps, precision + ", " + what);
        }
    }

    final void compare(NetworkTensors tensors, float[][] steps, String what) {
        for (KernelChoice kernel : kernels()) {
            compare(tensors, steps, kernel, kernel.name() + ", " + what);
        }
    }

    private void compare(NetworkTensors tensors, float[][] steps, KernelChoice kernel, String what) {
        try (var scalar = CompiledNetwork.compile(tensors, KernelChoice.scalar());
                var fast = CompiledNetwork.compile(tensors, kernel, threads())) {
            StepRunner expected = scalar.newRunner();
            StepRunner actual = fast.newRunner();
            int outputs = tensors.network().outputSize();
            int stateSize = dev.adze.runtime.session.RecurrentState.size(tensors.network());
            for (int t = 0; t < steps.length; t++) {
                float[] e = new float[outputs + stateSize];
                float[] a = new float[outputs + stateSize];
                run(expected, steps[t], e, outputs);
                run(actual, steps[t], a, outputs);
                int place = Arrays.mismatch(canonicalBits(e), canonicalBits(a));
                assertEquals(-1, place, () -> what + ": element " + place + " is " + a[place] + ", not " + e[place]);
            }
        }
    }

    private static void run(StepRunner runner, float[] features, float[] outputsThenState, int outputs) {
        float[] output = new float[outputs];
        runner.step(features, 0, output);
        float[] state = new float[outputsThenState.length - outputs];
        runner.copyStateTo(state);
        System.arraycopy(output, 0, outputsThenState, 0, outputs);
        System.arraycopy(state, 0, outputsThenState, outputs, state.length);
    }

    /** Bits with all NaNs alike: which of its many bit patterns a NaN has is not part of the contract. */
    private static int[] canonicalBits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToIntBits(values[i]);
        }
        return bits;
    }
}
