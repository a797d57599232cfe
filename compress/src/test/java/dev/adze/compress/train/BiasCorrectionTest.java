package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.quantize.Calibration;
import dev.adze.compress.quantize.StepSizes;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BiasCorrectionTest {
    private static final Windows WINDOWS = new Windows() {
        private final SineWindows sines = new SineWindows(200, 4);

        @Override
        public int size() {
            return sines.size();
        }

        @Override
        public int windowSteps() {
            return sines.windowSteps();
        }

        @Override
        public int featureCount() {
            return sines.featureCount();
        }

        @Override
        public int targetCount() {
            return sines.targetCount();
        }

        /** Away from 0, so that errors of weights have a mean. */
        @Override
        public void fill(int[] indices, int count, float[] features, float[] targets) {
            sines.fill(indices, count, features, targets);
            for (int i = 0; i < features.length; i++) {
                features[i] += 2;
            }
        }
    };

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    /** Mean over windows and steps of every unit of the last recurrent layer. */
    private static float[] meanHidden(TorchNetwork network) {
        float[] means = new float[network.network().layers().get(1).outputSize()];
        Evaluation.forEachBatch(network, WINDOWS, (forward, batch) -> {
            Tensor h = forward.hidden().get(1);
            float[] sum = TorchNetwork.toArray(h.sum(0, 1));
            for (int i = 0; i < means.length; i++) {
                means[i] += sum[i] / (WINDOWS.size() * WINDOWS.windowSteps());
            }
        });
        return means;
    }

    private static double distance(float[] a, float[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += (a[i] - b[i]) * (double) (a[i] - b[i]);
        }
        return Math.sqrt(squares / a.length);
    }

    @Test
    void theQuantizedNetworksMeansComeBackAndOnlyBiasesChange() {
        var lstm = new RecurrentNetwork(2, List.of(new Lstm(2, 20), new Lstm(20, 24), new Dense(24, 1, Dense.Activation.IDENTITY)));
        var gru = new RecurrentNetwork(2, List.of(new Gru(2, 20), new Gru(20, 24), new Dense(24, 1, Dense.Activation.IDENTITY)));
        for (RecurrentNetwork network : List.of(lstm, gru)) {
            try (var floats = new TorchNetwork(network, 0, 11)) {
                Weights weights = floats.weights();
                StepSizes steps = StepSizes.of(weights, Precision.INT4, Calibration.MIN_MAX);
                steps.byTensor().values().forEach(values -> { // coarse enough for errors to show
                    for (int i = 0; i < values.length; i++) {
                        values[i] *= 3;
                    }
                });
                Weights corrected = BiasCorrection.of(weights, steps, WINDOWS);
                weights.tensors().forEach((name, values) -> {
                    if (!name.contains("bias") || name.contains("layers.2")) {
                        assertArrayEquals(values, corrected.tensors().get(name), name);
                    }
                });
                float[] wanted = meanHidden(floats);
                try (var integers = TorchNetwork.quantized(weights, steps, 0, 0)) {
                    double before = distance(meanHidden(integers), wanted);
                    integers.load(corrected);
                    double after = distance(meanHidden(integers), wanted);
                    assertTrue(after < 0.5 * before, network.layers().getFirst().kind() + ": means were " + before
                            + " away and are " + after + " away");
                }
            }
        }
    }
}
