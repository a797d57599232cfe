package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LearningRateTest {
    @Test
    void risesLinearlyThenFallsAsACosineToTheFloor() {
        assertEquals(0.1, LearningRate.warmUpCosine(0, 10, 110, 0), 1e-12);
        assertEquals(1.0, LearningRate.warmUpCosine(9, 10, 110, 0), 1e-12);
        assertEquals(0.5, LearningRate.warmUpCosine(60, 10, 110, 0), 1e-12);
        assertEquals(0.55, LearningRate.warmUpCosine(60, 10, 110, 0.1), 1e-12);
        assertEquals(0.1, LearningRate.warmUpCosine(110, 10, 110, 0.1), 1e-12);
        for (int step = 10; step < 110; step++) {
            assertTrue(LearningRate.warmUpCosine(step + 1, 10, 110, 0) <= LearningRate.warmUpCosine(step, 10, 110, 0));
        }
    }

    @Test
    void cyclesFallToTheFloorAndComeBackAndTheOneCyclePeaksAtThreeTenths() {
        assertEquals(1, LearningRate.triangle(0, 10, 0.2), 1e-12);
        assertEquals(0.2, LearningRate.triangle(5, 10, 0.2), 1e-12);
        assertEquals(0.6, LearningRate.triangle(10, 8, 0.2), 1e-12);
        assertEquals(LearningRate.triangle(3, 10, 0.2), LearningRate.triangle(23, 10, 0.2), 1e-12);
        assertEquals(0.04, LearningRate.oneCycle(0, 101, 0.01), 1e-12);
        assertEquals(1, LearningRate.oneCycle(30, 101, 0.01), 1e-12);
        assertEquals(0.01, LearningRate.oneCycle(100, 101, 0.01), 1e-12);
        assertEquals((1 + 0.04) / 2, LearningRate.oneCycle(15, 101, 0.01), 1e-12);
    }
}
