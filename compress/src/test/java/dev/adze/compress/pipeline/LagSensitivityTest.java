package dev.adze.compress.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.compress.report.Sensitivity;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LagSensitivityTest {
    private static final int STEPS = 12;
    private static final int UNITS = 6;

    /** {@code forget} of them all, and no recurrent weights: only the cell remembers. */
    private static Weights weights(float forget) {
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(2, 1, UNITS, 1);
        var random = new Random(3);
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (TensorSpec spec : network.tensors()) {
            float[] values = new float[Math.toIntExact(spec.elementCount())];
            for (int i = 0; i < values.length && !spec.name().endsWith("weight_hh"); i++) {
                values[i] = random.nextFloat(-0.4f, 0.4f);
            }
            tensors.put(spec.name(), values);
        }
        for (int unit = 0; unit < UNITS; unit++) {
            tensors.get("layers.0.bias")[UNITS + unit] = forget;
            for (int k = 0; k < 2; k++) {
                tensors.get("layers.0.weight_ih")[(UNITS + unit) * 2 + k] = 0;
            }
        }
        return new Weights(network, tensors);
    }

    private record Drawn(float[] values) implements Windows {
        static Drawn of(int windows) {
            var random = new Random(4);
            float[] values = new float[windows * STEPS * 2];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return new Drawn(values);
        }

        @Override
        public int size() {
            return values.length / STEPS / 2;
        }

        @Override
        public int windowSteps() {
            return STEPS;
        }

        @Override
        public int featureCount() {
            return 2;
        }

        @Override
        public int targetCount() {
            return 1;
        }

        @Override
        public void fill(int[] indices, int count, float[] features, float[] targets) {
            for (int i = 0; i < count; i++) {
                System.arraycopy(values, indices[i] * STEPS * 2, features, i * STEPS * 2, STEPS * 2);
            }
        }
    }

    private static List<Sensitivity.Lag> lags(Weights weights, Precision precision) {
        return new LagSensitivity(Drawn.of(9)).of(NetworkTensors.of(weights), NetworkQuantizer.quantize(weights, precision));
    }

    @Test
    void whatIsNotRoundedMovesNothing() {
        List<Sensitivity.Lag> lags = lags(weights(0), Precision.FP32);
        assertEquals(List.of(0, 1, 2, 4, 8), lags.stream().map(Sensitivity.Lag::steps).toList());
        assertTrue(lags.stream().allMatch(lag -> lag.displacement() == 0), lags::toString);
    }

    @Test
    void aNetworkThatForgetsIsMovedByTheLastStepAlone() {
        List<Sensitivity.Lag> lags = lags(weights(-90), Precision.INT4);
        assertTrue(lags.getFirst().displacement() > 1e-4, lags::toString);
        assertTrue(lags.stream().skip(1).allMatch(lag -> lag.displacement() == 0), lags::toString);
    }

    @Test
    void aNetworkThatKeepsEverythingIsMovedByOldStepsAsMuchAsByNewOnes() {
        List<Sensitivity.Lag> lags = lags(weights(90), Precision.INT4);
        double one = lags.get(1).displacement();
        assertTrue(lags.stream().skip(1).allMatch(lag -> lag.displacement() > one / 3 && lag.displacement() < one * 3), lags::toString);
    }

    /** The last step against a whole run of its own. */
    @Test
    void theLastStepIsComputedInTheStateThatFp32Left() {
        Weights weights = weights(0.3f);
        Drawn windows = Drawn.of(1);
        NetworkTensors fp32 = NetworkTensors.of(weights);
        NetworkTensors int8 = NetworkQuantizer.quantize(weights, Precision.INT8);
        float[] exact = new float[1];
        float[] rounded = new float[1];
        try (var a = CompiledNetwork.compile(fp32, KernelChoice.scalar()); var b = CompiledNetwork.compile(int8, KernelChoice.scalar())) {
            var runner = a.newRunner();
            for (int t = 0; t < STEPS - 1; t++) {
                runner.step(windows.values(), 2 * t, exact);
            }
            float[] state = new float[2 * UNITS];
            runner.copyStateTo(state);
            runner.step(windows.values(), 2 * (STEPS - 1), exact);
            var other = b.newRunner();
            other.copyStateFrom(state);
            other.step(windows.values(), 2 * (STEPS - 1), rounded);
        }
        assertEquals(Math.abs(exact[0] - rounded[0]), new LagSensitivity(windows).of(fp32, int8).getFirst().displacement(), 1e-9);
    }
}
