package dev.adze.compress.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Int4QuantizerTest {
    @Test
    void whatFourBitsHoldStaysAsItIs() {
        float[] weights = new float[40];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i < 32 ? (i % 15 - 7) * 127 : (i % 15 - 7) * 3; // two groups, multipliers 127 and 3
        }
        weights[32] = 21;
        var q = Int4Quantizer.perGroup(weights, 1);
        assertArrayEquals(new byte[] {127, 3}, q.multipliers());
        for (int i = 0; i < weights.length; i++) {
            assertEquals(weights[i], value(q, i, 40), 1e-4, "weight " + i);
        }
    }

    @Test
    void zerosStayZeros() {
        var q = Int4Quantizer.perGroup(new float[70], 2);
        assertArrayEquals(new byte[70], q.values());
        assertArrayEquals(new byte[4], q.multipliers());
        assertArrayEquals(new float[2], q.scales());
    }

    @Test
    void theErrorIsNeverMoreThanThatOfScalingByTheLargestAndMostlyLess() {
        int better = 0;
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            int columns = 1 + random.nextInt(100);
            float[] weights = new float[3 * columns];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(3) - 5));
            }
            var q = Int4Quantizer.perGroup(weights, 3);
            double searched = 0;
            double plain = 0;
            for (int from = 0; from < weights.length;) {
                int row = from / columns;
                int to = Math.min(from + 32 - from % columns % 32, (row + 1) * columns);
                float largest = 0;
                for (int i = from; i < to; i++) {
                    largest = Math.max(largest, Math.abs(weights[i]));
                }
                double step = q.scales()[row] * Math.min(127, Math.ceil(largest / (7.0 * q.scales()[row])));
                for (int i = from; i < to; i++) {
                    assertTrue(Math.abs(q.values()[i]) <= 7);
                    searched += Math.pow(weights[i] - value(q, i, columns), 2);
                    plain += Math.pow(weights[i] - step * Math.clamp(Math.rint(weights[i] / step), -7, 7), 2);
                }
                from = to;
            }
            assertTrue(searched <= plain * 1.000001, "seed " + seed + ": " + searched + " against " + plain);
            better += searched < 0.98 * plain ? 1 : 0;
        }
        assertTrue(better > 120, "better in " + better + " of 200");
    }

    @Test
    void hugeAndTinyWeightsKeepTheirMagnitude() {
        for (float magnitude : new float[] {1e-30f, 1e30f, 3e38f}) {
            var q = Int4Quantizer.perGroup(new float[] {magnitude, -magnitude, magnitude / 7}, 1);
            assertArrayEquals(new byte[] {7, -7, 1}, q.values());
            assertEquals(1, value(q, 0, 3) / magnitude, 1e-5);
        }
    }

    private static double value(Int4Quantizer.Quantized q, int i, int columns) {
        int groups = (columns + 31) / 32;
        return (double) q.values()[i] * q.multipliers()[i / columns * groups + i % columns / 32] * q.scales()[i / columns];
    }
}
