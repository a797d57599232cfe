package dev.adze.compress.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Int8QuantizerTest {
    @Test
    void theLargestWeightOfARowBecomes127() {
        var q = Int8Quantizer.perRow(new float[] {0.5f, -1.27f, 0, 2.54f, 0.01f, -0.02f}, 2);
        assertArrayEquals(new byte[] {50, -127, 0, 127, 1, -1}, q.values());
        assertArrayEquals(new float[] {0.01f, 0.02f}, q.scales(), 1e-9f);
    }

    @Test
    void aRowOfZerosStaysZero() {
        var q = Int8Quantizer.perRow(new float[4], 2);
        assertArrayEquals(new byte[4], q.values());
        assertArrayEquals(new float[2], q.scales());
    }

    @Test
    void noWeightMovesByMoreThanHalfAStepAndMinus128NeverOccurs() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int rows = 1 + random.nextInt(9);
            int columns = 1 + random.nextInt(70);
            float[] weights = new float[rows * columns];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 3));
            }
            var q = Int8Quantizer.perRow(weights, rows);
            for (int i = 0; i < weights.length; i++) {
                float scale = q.scales()[i / columns];
                assertTrue(q.values()[i] >= -127);
                assertEquals(weights[i], q.values()[i] * (double) scale, scale * 0.50001, "seed " + seed);
            }
        }
    }

    /** Heavy tails: what is clipped must be worth what the others gain. */
    @Test
    void leastSquaresAreNeverWorseThanMinMaxAndPercentileClipsItsShare() {
        var random = new Random(8);
        float[] weights = new float[3 * 2000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
        }
        Arrays.fill(weights, 4000, 6000, 0);
        weights[5000] = 1;
        double[] error = new double[Calibration.values().length];
        for (Calibration calibration : Calibration.values()) {
            QuantizedTensor quantized = Int8Quantizer.perRow(weights, 3, calibration);
            int clipped = 0;
            for (int i = 0; i < 4000; i++) {
                float scale = quantized.scales()[i / 2000];
                error[calibration.ordinal()] += Math.pow(weights[i] - quantized.values()[i] * scale, 2);
                clipped += Math.abs(weights[i]) > 127.5f * scale ? 1 : 0;
            }
            assertEquals(1, quantized.values()[5000] * quantized.scales()[2], 1e-6, "the only weight of a row, " + calibration);
            assertTrue(calibration == Calibration.MIN_MAX ? clipped == 0 : calibration == Calibration.MSE
                            || clipped > 0 && clipped <= (calibration == Calibration.ENTROPY ? 40 : 4),
                    calibration + " clips " + clipped);
        }
        assertTrue(error[Calibration.MSE.ordinal()] < Math.min(error[Calibration.MIN_MAX.ordinal()],
                error[Calibration.PERCENTILE.ordinal()]),
                Arrays.toString(error));
    }
}
