package dev.adze.compress.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
}
