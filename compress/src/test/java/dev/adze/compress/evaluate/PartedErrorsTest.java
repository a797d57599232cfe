package dev.adze.compress.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class PartedErrorsTest {
    private static final float NONE = Float.NaN;

    /** Second output of two; errors of series a: -, 3, 4, -; of series b: 1, none judged. */
    private final PartedErrors errors = new PartedErrors(List.of(
            series("a", 1, new float[] {0, 10, 0, 20, 0, 30, 0, NONE}, new float[] {9, NONE, 9, 23, 9, 26, 9, 40}),
            series("b", 0, new float[] {0, 10}, new float[] {9, 11}),
            series("c", 0, new float[] {0, 10}, new float[] {9, NONE})), 2, 1);

    private static Evaluator.Predictions series(String name, int judgeFrom, float[] truth, float[] predicted) {
        return new Evaluator.Predictions(
                new HeldOut.Part(name, truth.length / 2, new float[0], truth, null, null, judgeFrom), predicted);
    }

    @Test
    void eachSeriesHasItsRootMeanSquare() {
        assertArrayEquals(new double[] {Math.sqrt(12.5), 1, Double.NaN}, errors.bySeries(), 1e-12);
    }

    @Test
    void stretchesOfTimeCountFromTheFirstJudgedRow() {
        assertArrayEquals(new double[] {Math.sqrt(5), 4, Double.NaN}, errors.byTime(3), 1e-12);
    }

    @Test
    void trueValuesOutsideBelongToTheOutermostParts() {
        assertArrayEquals(new double[] {Math.sqrt(5), 4}, errors.byTruth(15, 35, 2), 1e-12);
    }
}
