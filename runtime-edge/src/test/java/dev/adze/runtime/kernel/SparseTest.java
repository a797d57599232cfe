package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.WeightBlocks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Blocks of zeros: every kernel gives the scalar kernel's bits whatever is left out, and counts it. */
class SparseTest {
    private static final int STEPS = 20;

    @Test
    void everyKernelGivesTheScalarKernelsBitsAtAnyShareOfZeroBlocks() {
        double[] shares = {0, 0.05, 0.3, 0.5, 0.9, 0.999, 1};
        for (long seed = 1; seed <= 21; seed++) {
            Random random = new Random(seed);
            RecurrentNetwork network = network(random.nextInt(1, 40), random.nextInt(1, 80), random.nextInt(1, 80));
            NetworkTensors tensors = tensors(network, shares[(int) (seed % shares.length)], random);
            requireEqual(tensors, "seed " + seed);
        }
    }

    @Test
    void oneBlockAloneLeftInEveryMatrixIsEnough() {
        for (int block : new int[] {0, 3, 4, 41}) {
            RecurrentNetwork network = network(13, 37, 50);
            Random random = new Random(block);
            requireEqual(zeroed(network, random, (matrix, i) -> i != block % matrix.count()), "block " + block);
        }
    }

    @Test
    void everyBlockLeftOutIsCountedAtEveryStepAndNoneOfAWholeNetwork() {
        RecurrentNetwork network = network(12, 48, 32); // no block is smaller than others
        NetworkTensors half = zeroed(network, new Random(5), (matrix, i) -> i % 2 == 0);
        long expected = 0;
        for (int i = 0; i < 2; i++) {
            Lstm lstm = (Lstm) network.layers().get(i);
            for (int columns : new int[] {lstm.inputSize(), lstm.hiddenSize()}) {
                expected += (new WeightBlocks(lstm.hiddenSize(), columns).count() + 1) / 2 * 64L;
            }
        }
        for (String tier : KernelChoice.nativeTiers()) {
            KernelChoice always = KernelChoice.nativeTier(tier).with(Skipping.ALWAYS);
            try (var sparse = CompiledNetwork.compile(half, always);
                    var whole = CompiledNetwork.compile(tensors(network, 0, new Random(5)), always)) {
                StepRunner runner = sparse.newRunner();
                StepRunner other = whole.newRunner();
                for (int t = 1; t <= 3; t++) {
                    runner.step(new float[12], 0, new float[1]);
                    other.step(new float[12], 0, new float[1]);
                    assertEquals(t * expected, runner.skippedMultiplyAccumulates(), tier);
                    assertEquals(0, other.skippedMultiplyAccumulates(), tier);
                }
                runner.reset();
                assertEquals(0, runner.skippedMultiplyAccumulates(), tier);
            }
        }
    }

    /** Lists of blocks pay where they lack nine blocks in the mean and a fifth of all. */
    @Test
    void blocksAreLeftOutOnlyOfLayersInWhichThatPays() {
        Assumptions.assumeFalse(KernelChoice.nativeTiers().isEmpty(), "skipped: no native library");
        assertEquals(0, skippedOfOneStep(64, 0.5), "8 of 16 blocks of a list");
        assertEquals(2 * 64 * 64 * 4 * 3 / 4, skippedOfOneStep(64, 0.75), "12 of 16");
        assertEquals(0, skippedOfOneStep(256, 0.125), "8 of 64");
        assertEquals(2 * 256 * 256 * 4 / 4, skippedOfOneStep(256, 0.25), "16 of 64");
    }

    /** Of one layer in which of eight blocks of a row of blocks the first {@code share * 8} are zero. */
    private static long skippedOfOneStep(int units, double share) {
        var network = new RecurrentNetwork(units, List.of(new Lstm(units, units), new Dense(units, 1, Dense.Activation.IDENTITY)));
        NetworkTensors tensors = zeroed(network, new Random(4), (matrix, i) -> i % matrix.groups() % 8 < share * 8);
        try (var compiled = CompiledNetwork.compile(tensors, KernelChoice.nativeTier(KernelChoice.nativeTiers().getLast()))) {
            StepRunner runner = compiled.newRunner();
            runner.step(new float[units], 0, new float[1]);
            return runner.skippedMultiplyAccumulates();
        }
    }

    private static void requireEqual(NetworkTensors tensors, String what) {
        float[] expected = run(tensors, KernelChoice.scalar());
        assertArrayEquals(expected, run(tensors, KernelChoice.vector()), "vector, " + what);
        for (String tier : KernelChoice.nativeTiers()) {
            for (Skipping skipping : Skipping.values()) {
                assertArrayEquals(expected, run(tensors, KernelChoice.nativeTier(tier).with(skipping)),
                        tier + " skipping " + skipping + ", " + what);
            }
        }
    }

    /** Outputs step by step and then of a window. */
    private static float[] run(NetworkTensors tensors, KernelChoice kernel) {
        int inputs = tensors.network().inputSize();
        float[] steps = new float[STEPS * inputs];
        Random random = new Random(7);
        for (int i = 0; i < steps.length; i++) {
            steps[i] = (float) random.nextGaussian();
        }
        float[] outputs = new float[STEPS + 1];
        float[] output = new float[1];
        try (var compiled = CompiledNetwork.compile(tensors, kernel)) {
            StepRunner runner = compiled.newRunner();
            for (int t = 0; t < STEPS; t++) {
                runner.step(steps, t * inputs, output);
                outputs[t] = output[0];
            }
            runner.window(steps, inputs, STEPS, 4, STEPS - 2, output);
            outputs[STEPS] = output[0];
        }
        return outputs;
    }

    private static RecurrentNetwork network(int inputs, int first, int second) {
        return new RecurrentNetwork(inputs, List.of(new Lstm(inputs, first), new Lstm(first, second),
                new Dense(second, 1, Dense.Activation.IDENTITY)));
    }

    private static NetworkTensors tensors(RecurrentNetwork network, double share, Random random) {
        return zeroed(network, random, (_, _) -> random.nextDouble() < share);
    }

    private interface Choice {
        boolean zero(WeightBlocks matrix, int block);
    }

    /** Random int8 weights, none of them zero but in the blocks chosen. */
    private static NetworkTensors zeroed(RecurrentNetwork network, Random random, Choice choice) {
        NetworkTensors whole = RandomNetworks.tensors(RandomNetworks.weights(network, random), Precision.INT8);
        var tensors = new LinkedHashMap<>(whole.tensors());
        for (int i = 0; i < network.layers().size(); i++) {
            if (network.layers().get(i) instanceof Lstm lstm) {
                for (String matrix : List.of("weight_ih", "weight_hh")) {
                    tensors.computeIfPresent(RecurrentNetwork.tensorName(i, matrix), (_, tensor) -> zeroed(tensor,
                            new WeightBlocks(lstm.hiddenSize(), tensor.shape().getLast()), choice));
                }
            }
        }
        return new NetworkTensors(network, Precision.INT8, tensors);
    }

    private static Tensor zeroed(Tensor tensor, WeightBlocks blocks, Choice choice) {
        byte[] values = tensor.toBytes();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] == 0 ? 1 : values[i];
        }
        for (int block = 0; block < blocks.count(); block++) {
            if (choice.zero(blocks, block)) {
                int group = block % blocks.groups();
                for (int row = 0; row < blocks.rowsOf(block / blocks.groups()); row++) {
                    int at = (blocks.firstRow(block / blocks.groups()) + row) * blocks.columns() + group * WeightBlocks.COLUMNS;
                    java.util.Arrays.fill(values, at, at + blocks.columnsOf(group), (byte) 0);
                }
            }
        }
        return Tensor.of(tensor.shape(), values);
    }
}
