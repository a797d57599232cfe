package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DigitsTest {
    @Test
    void twoDigitsHoldAValueToHalfAStep() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            int n = random.nextInt(1, 50);
            float magnitude = (float) Math.pow(10, random.nextInt(-28, 38));
            float[] x = new float[n];
            for (int k = 0; k < n; k++) {
                x[k] = magnitude * (2 * random.nextFloat() - 1);
            }
            int[] hi = new int[n];
            int[] lo = new int[n];
            float s = Digits.split(x, n, hi, lo);
            for (int k = 0; k < n; k++) {
                assertTrue(Math.abs(hi[k]) <= 127 && lo[k] >= -64 && lo[k] <= 63, "digits " + hi[k] + ", " + lo[k]);
                double back = (128.0 * hi[k] + lo[k]) * s;
                assertEquals(x[k], back, 0.502 * s, "seed " + seed + ", element " + k);
            }
        }
    }

    @Test
    void vectorsOfZerosAndOfDenormalsHaveScaleZero() {
        int[] hi = {5, 5};
        int[] lo = {5, 5};
        assertEquals(0f, Digits.split(new float[] {0, -0f}, 2, hi, lo));
        assertEquals(0, hi[0] | hi[1] | lo[0] | lo[1]);
        assertEquals(0f, Digits.split(new float[] {Float.MIN_VALUE, 1e-39f}, 2, hi, lo));
    }

    @Test
    void hiddenValuesRoundToTheNearestDigitTiesToEven() {
        assertEquals(127, Digits.ofHidden(1f));
        assertEquals(-127, Digits.ofHidden(-1f));
        assertEquals(0, Digits.ofHidden(0.0039f));
        assertEquals(1, Digits.ofHidden(0.00394f));
        assertEquals(64, Digits.ofHidden(0.5f)); // 63.5 is a tie
        assertEquals(0, Digits.ofHidden(Float.NaN));
    }

    @Test
    void int8StaysNearTheNetworkOfItsDequantizedWeights() {
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(9, 2, 64, 2);
        NetworkTensors int8 = RandomNetworks.quantize(RandomNetworks.weights(network, new Random(2)));
        var dequantized = new LinkedHashMap<String, float[]>();
        network.tensors().forEach(spec -> {
            float[] values = int8.tensors().get(spec.name()).toFloats();
            Tensor scale = int8.tensors().get(spec.name() + ".scale");
            for (int i = 0; scale != null && i < values.length; i++) {
                values[i] *= scale.floatAt(i / spec.shape().getLast());
            }
            dequantized.put(spec.name(), values);
        });
        try (CompiledNetwork a = CompiledNetwork.compile(int8);
                CompiledNetwork b = CompiledNetwork.compile(new Weights(network, dequantized))) {
            StepRunner quantized = a.newRunner();
            StepRunner exact = b.newRunner();
            Random random = new Random(3);
            float[] x = new float[9];
            float[] p = new float[2];
            float[] q = new float[2];
            double error = 0;
            for (int t = 0; t < 300; t++) {
                for (int k = 0; k < 9; k++) {
                    x[k] = (float) random.nextGaussian();
                }
                quantized.step(x, 0, p);
                exact.step(x, 0, q);
                error = Math.max(error, Math.max(Math.abs(p[0] - q[0]), Math.abs(p[1] - q[1])));
            }
            // h is off by up to 1/254 and averages out over 64 units; a wrong scale or digit would be off by far more.
            assertTrue(error < 5e-3, "largest difference " + error);
        }
    }
}
