package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.quantize.Calibration;
import dev.adze.compress.quantize.NetworkQuantizer;
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

class CalibratedRoundingTest {
    private static final Windows WINDOWS = new SineWindows(100, 4);
    private static final Windows OTHERS = new SineWindows(40, 5);

    @BeforeAll
    static void startTorch() {
        Torch.start(1);
    }

    /** Root mean square between the last recurrent layers' hidden values, each network in its own closed loop. */
    private static double distance(TorchNetwork a, TorchNetwork b) {
        double[] sums = new double[2];
        Evaluation.forEachBatch(a, OTHERS, (forward, batch) -> {
            Tensor wanted = forward.hidden().get(1);
            Tensor off = b.forward(batch.features(), false).hidden().get(1).sub(wanted);
            sums[0] += off.mul(off).sum().item_float();
            sums[1] += wanted.numel();
        });
        return Math.sqrt(sums[0] / sums[1]);
    }

    @Test
    void hiddenValuesOfOtherWindowsStayNearerToThoseOfTheFloats() {
        var lstm = new RecurrentNetwork(2, List.of(new Lstm(2, 20), new Lstm(20, 40), new Dense(40, 1, Dense.Activation.IDENTITY)));
        var gru = new RecurrentNetwork(2, List.of(new Gru(2, 20), new Gru(20, 40), new Dense(40, 1, Dense.Activation.IDENTITY)));
        for (RecurrentNetwork network : List.of(lstm, gru)) {
            for (Precision precision : network == lstm ? List.of(Precision.INT8, Precision.INT4) : List.of(Precision.INT4)) {
                try (var floats = new TorchNetwork(network, 0, 11)) {
                    Weights weights = floats.weights();
                    StepSizes steps = StepSizes.of(weights, precision, Calibration.MIN_MAX);
                    Weights rounded = CalibratedRounding.of(weights, steps, WINDOWS);
                    try (var integers = TorchNetwork.quantized(weights, steps, 0, 0)) {
                        double nearest = distance(floats, integers);
                        integers.load(rounded);
                        double calibrated = distance(floats, integers);
                        // In int8 digits of hidden values are the larger part of the error, and rounding can't help that.
                        assertTrue(calibrated < (precision == Precision.INT4 ? 0.7 : 1) * nearest, network.layers().getFirst().kind() + " " + precision
                                + ": hidden values were " + nearest + " away and are " + calibrated);
                    }
                }
            }
        }
    }

    @Test
    void theIntegersOfTheBundleAreTheRoundedOnes() {
        var network = new RecurrentNetwork(2, List.of(new Lstm(2, 40), new Lstm(40, 20), new Dense(20, 1, Dense.Activation.IDENTITY)));
        for (Precision precision : List.of(Precision.INT8, Precision.INT4)) {
            try (var floats = new TorchNetwork(network, 0, 12)) {
                Weights weights = floats.weights();
                StepSizes steps = StepSizes.of(weights, precision, Calibration.MSE);
                Weights rounded = CalibratedRounding.of(weights, steps, WINDOWS);
                Weights stored = NetworkQuantizer.quantize(rounded, steps).toWeights();
                rounded.tensors().forEach((name, values) ->
                        assertArrayEquals(values, stored.tensors().get(name), 1e-6f, precision + " " + name));
                assertArrayEquals(weights.get(2, "weight"), rounded.get(2, "weight"));
            }
        }
    }
}
