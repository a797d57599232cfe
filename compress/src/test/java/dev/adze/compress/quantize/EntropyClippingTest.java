package dev.adze.compress.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class EntropyClippingTest {
    private static final int ROWS = 40;
    private static final int COLUMNS = 200;

    private static float[] weights(long seed, java.util.function.ToDoubleFunction<Random> one) {
        var random = new Random(seed);
        float[] weights = new float[ROWS * COLUMNS];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) one.applyAsDouble(random);
        }
        return weights;
    }

    /** Whose weights are as many at the end of the range as in its middle would lose them to clipping. */
    @Test
    void evenlySpreadWeightsAreNotClipped() {
        float[] weights = weights(1, random -> random.nextDouble(-1, 1));
        assertTrue(EntropyClipping.part(weights, ROWS, 127) > 0.97);
        QuantizedTensor plain = Int8Quantizer.perRow(weights, ROWS, Calibration.MIN_MAX);
        QuantizedTensor entropy = Int8Quantizer.perRow(weights, ROWS, Calibration.ENTROPY);
        for (int row = 0; row < ROWS; row++) {
            assertEquals(1, entropy.scales()[row] / plain.scales()[row], 0.03);
        }
    }

    @Test
    void longTailsAreClippedInFewLevels() {
        float[] weights = weights(2, random -> Math.pow(random.nextGaussian(), 3));
        double part = EntropyClipping.part(weights, ROWS, 15);
        assertTrue(part >= 0.5 && part < 0.95, "clipped at " + part);
        QuantizedTensor entropy = Int8Quantizer.perRow(weights, ROWS, Calibration.ENTROPY);
        int clipped = 0;
        for (int i = 0; i < weights.length; i++) {
            float scale = entropy.scales()[i / COLUMNS];
            double error = Math.abs(weights[i] - scale * entropy.values()[i]);
            clipped += Math.abs(weights[i]) > 127.5 * scale ? 1 : 0;
            assertTrue(error <= 0.5001 * scale || Math.abs(weights[i]) > 126.5 * scale, "weight " + i);
        }
        assertTrue(clipped <= ROWS * COLUMNS / 100, clipped + " clipped");
    }

    /** By its definition, over a distribution small enough to write down: p and q of every bin, then the sum. */
    @Test
    void theDivergenceIsThatOfTheDefinition() {
        double[] histogram = new double[EntropyClipping.BINS];
        histogram[0] = 6;
        histogram[100] = 2;
        histogram[500] = 3;
        histogram[700] = 1;
        histogram[1023] = 4;
        histogram[1500] = 2;
        // 1024 bins in two levels: 0 to 255 round to 0, 256 to 767 to 1, the rest to 2; what lies beyond goes into bin 1023.
        double[] p = {6 / 18.0, 2 / 18.0, 3 / 18.0, 1 / 18.0, 6 / 18.0};
        double[] q = {4 / 16.0, 4 / 16.0, 2 / 16.0, 2 / 16.0, 4 / 16.0};
        double expected = 0;
        for (int i = 0; i < p.length; i++) {
            expected += p[i] * Math.log(p[i] / q[i]);
        }
        assertEquals(expected, EntropyClipping.divergence(histogram, 1024, 2), 1e-12);
    }

    @Test
    void aMatrixOfZerosStaysOne() {
        QuantizedTensor zeros = Int8Quantizer.perRow(new float[20], 4, Calibration.ENTROPY);
        for (float scale : zeros.scales()) {
            assertEquals(0, scale);
        }
    }
}
