package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.session.RecurrentState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Held digits: the same bits in every kernel, over saved states too, and columns left out where the kernel can. */
class DeltaTest {
    private static final int STEPS = 60;

    private static List<KernelChoice> kernels() {
        List<KernelChoice> kernels = new ArrayList<>(List.of(KernelChoice.vector()));
        for (String tier : KernelChoice.nativeTiers()) {
            for (Skipping skipping : Skipping.values()) {
                kernels.add(KernelChoice.nativeTier(tier).with(skipping));
            }
        }
        return kernels;
    }

    @Test
    void everyKernelGivesTheScalarKernelsBitsWithStatesSavedAndRestored() {
        for (long s = 1; s <= 8; s++) {
            long seed = s;
            Random random = new Random(seed);
            RecurrentNetwork network = network(random.nextInt(1, 20), random.nextInt(1, 70), random.nextInt(1, 70),
                    new int[] {1, 2, 5, 127}[(int) (seed % 4)]);
            float[][] steps = slowSteps(network.inputSize(), random);
            var forms = new ArrayList<>(RandomNetworks.PRECISIONS.stream().map(p -> RandomNetworks.tensors(weights(network, seed), p)).toList());
            forms.add(RandomNetworks.mixed(weights(network, seed), random));
            for (NetworkTensors tensors : forms) {
                String precision = tensors.precisions().describe();
                float[] expected = run(tensors, KernelChoice.scalar(), steps);
                for (KernelChoice kernel : kernels()) {
                    assertArrayEquals(expected, run(tensors, kernel, steps), kernel.name() + " " + precision + ", seed " + seed);
                }
            }
        }
    }

    @Test
    void aWindowHasTheBitsOfItsSteps() {
        float[][] steps = slowSteps(5, new Random(6));
        float[] window = new float[STEPS * 5];
        for (int t = 0; t < STEPS; t++) {
            System.arraycopy(steps[t], 0, window, 5 * t, 5);
        }
        for (Precision precision : RandomNetworks.PRECISIONS) {
            NetworkTensors tensors = RandomNetworks.tensors(weights(network(5, 70, 40, 3), 2), precision);
            float[] expected = run(tensors, KernelChoice.scalar(), steps);
            for (KernelChoice kernel : kernels()) {
                try (var compiled = CompiledNetwork.compile(tensors, kernel)) {
                    StepRunner runner = compiled.newRunner();
                    float[] output = new float[1];
                    float[] state = new float[RecurrentState.size(tensors.network())];
                    runner.window(window, 5, STEPS, 0, STEPS, output);
                    runner.copyStateTo(state);
                    assertEquals(expected[STEPS - 1], output[0], kernel.name() + " " + precision);
                    assertArrayEquals(java.util.Arrays.copyOfRange(expected, STEPS, expected.length), state, kernel.name() + " " + precision);
                }
            }
        }
    }

    @Test
    void holdingByOneChangesNoOutput() {
        float[][] steps = slowSteps(5, new Random(3));
        for (Precision precision : RandomNetworks.PRECISIONS) {
            float[] plain = outputs(RandomNetworks.tensors(weights(network(5, 40, 33, 0), 9), precision), steps);
            assertArrayEquals(plain, outputs(RandomNetworks.tensors(weights(network(5, 40, 33, 1), 9), precision), steps));
        }
    }

    @Test
    void holdingChangesOutputsByLittleAndSkipsColumnsOfSlowSignals() {
        float[][] steps = slowSteps(5, new Random(4));
        RecurrentNetwork network = network(5, 64, 64, 4);
        NetworkTensors held = RandomNetworks.tensors(weights(network, 9), Precision.INT8);
        float[] exact = outputs(RandomNetworks.tensors(weights(network(5, 64, 64, 0), 9), Precision.INT8), steps);
        float[] near = outputs(held, steps);
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            largest = Math.max(largest, Math.abs(exact[i] - near[i]));
        }
        assertTrue(largest > 0 && largest < 0.05, "outputs differ by " + largest);
        long all = STEPS * network.multiplyAccumulates();
        for (String tier : KernelChoice.nativeTiers()) {
            try (var compiled = CompiledNetwork.compile(held, KernelChoice.nativeTier(tier))) {
                StepRunner runner = compiled.newRunner();
                for (float[] step : steps) {
                    runner.step(step, 0, new float[1]);
                }
                double part = (double) runner.skippedMultiplyAccumulates() / all;
                assertTrue(part > 0.3 && part < 1, tier + " skipped " + part);
                runner.reset();
                assertEquals(0, runner.skippedMultiplyAccumulates());
            }
        }
    }

    @Test
    void smallLayersAreMultipliedAnew() {
        for (int units : new int[] {63, 64}) {
            NetworkTensors held = RandomNetworks.tensors(weights(network(5, units, units, 127), 9), Precision.INT8);
            try (var compiled = CompiledNetwork.compile(held)) {
                StepRunner runner = compiled.newRunner();
                for (float[] step : slowSteps(5, new Random(4))) {
                    runner.step(step, 0, new float[1]);
                }
                assertEquals(units >= 64 && compiled.kernel().name().startsWith("native"), runner.skippedMultiplyAccumulates() > 0);
            }
        }
    }

    private static float[] outputs(NetworkTensors tensors, float[][] steps) {
        float[] outputs = new float[steps.length];
        try (var compiled = CompiledNetwork.compile(tensors)) {
            StepRunner runner = compiled.newRunner();
            float[] output = new float[1];
            for (int t = 0; t < steps.length; t++) {
                runner.step(steps[t], 0, output);
                outputs[t] = output[0];
            }
        }
        return outputs;
    }

    /** All outputs and the last state, of a run that moves to a new runner every 17 steps. */
    private static float[] run(NetworkTensors tensors, KernelChoice kernel, float[][] steps) {
        float[] state = new float[RecurrentState.size(tensors.network())];
        float[] all = new float[steps.length + state.length];
        try (var compiled = CompiledNetwork.compile(tensors, kernel)) {
            StepRunner runner = compiled.newRunner();
            float[] output = new float[1];
            for (int t = 0; t < steps.length; t++) {
                runner.step(steps[t], 0, output);
                all[t] = output[0];
                if (t % 17 == 16) {
                    runner.copyStateTo(state);
                    runner = compiled.newRunner();
                    runner.step(steps[0], 0, output); // so that there is something to be replaced
                    runner.copyStateFrom(state);
                }
            }
            runner.copyStateTo(state);
        }
        System.arraycopy(state, 0, all, steps.length, state.length);
        return all;
    }

    private static RecurrentNetwork network(int inputs, int first, int second, int hold) {
        return new RecurrentNetwork(inputs, List.of(new Lstm(inputs, first, hold), new Lstm(first, second, hold),
                new Dense(second, 1, Dense.Activation.IDENTITY)));
    }

    /** The same for all values of hold. */
    private static Weights weights(RecurrentNetwork network, long seed) {
        return RandomNetworks.weights(network, new Random(seed));
    }

    private static float[][] slowSteps(int inputs, Random random) {
        float[][] steps = new float[STEPS][inputs];
        for (int t = 0; t < STEPS; t++) {
            for (int k = 0; k < inputs; k++) {
                steps[t][k] = (t == 0 ? 0 : steps[t - 1][k]) + 0.1f * (float) random.nextGaussian();
            }
        }
        return steps;
    }
}
