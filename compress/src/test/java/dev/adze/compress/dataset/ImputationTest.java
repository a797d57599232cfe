package dev.adze.compress.dataset;

import static dev.adze.compress.dataset.Recordings.NAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImputationTest {
    private static float[] filled(int forwardFillSteps, float... values) {
        return new Imputation(Imputation.Mode.INTERPOLATE, forwardFillSteps).apply(Recordings.of(values)).recording().column(0);
    }

    @Test
    void shortGapsRepeatTheLastValue() {
        assertArrayEquals(new float[] {1, 1, 1, 4}, filled(2, 1, NAN, NAN, 4));
    }

    @Test
    void longGapsHoldThenFollowALine() {
        assertArrayEquals(new float[] {1, 1, 2, 3, 4}, filled(1, 1, NAN, NAN, NAN, 4));
        assertArrayEquals(new float[] {1, 2, 3, 4}, filled(0, 1, NAN, NAN, 4));
    }

    @Test
    void leadingAndFarTrailingValuesStayMissing() {
        assertArrayEquals(new float[] {NAN, NAN, 3, 3, 3, NAN}, filled(2, NAN, NAN, 3, NAN, NAN, NAN));
        assertArrayEquals(new float[] {NAN, NAN}, filled(2, NAN, NAN));
    }

    @Test
    void nothingCrossesFromOneSeriesToAnother() {
        SensorRecording r = Recordings.of(new int[] {2, 3}, new float[] {1, NAN, NAN, NAN, 5});
        assertArrayEquals(new float[] {1, NAN, NAN, NAN, 5},
                new Imputation(Imputation.Mode.INTERPOLATE, 0).apply(r).recording().column(0));
        assertArrayEquals(new float[] {1, 1, NAN, NAN, 5},
                new Imputation(Imputation.Mode.INTERPOLATE, 3).apply(r).recording().column(0));
    }

    @Test
    void noLineIsDrawnFromTrainingIntoValidation() {
        SensorRecording r = Recordings.of(new float[] {1, NAN, NAN, NAN, 5, NAN, 7});
        var split = new Split(List.of(new Series("u0", 0, 3)), List.of(new Series("u0", 3, 4)), List.of());
        assertArrayEquals(new float[] {1, NAN, NAN, NAN, 5, 6, 7},
                new Imputation(Imputation.Mode.INTERPOLATE, 0).apply(r, split).recording().column(0));
    }

    @Test
    void causalModeChangesNothing() {
        SensorRecording r = Recordings.of(new float[] {1, NAN, 3});
        var filled = new Imputation(Imputation.Mode.CAUSAL, 5).apply(r);
        assertSame(r, filled.recording());
        assertEquals("{0, 2}", filled.measured()[0].toString());
    }

    @Test
    void measuredValuesNeverChangeAndFillsStayBetweenTheirNeighbours() {
        var random = Recordings.seeded("ImputationTest");
        for (int i = 0; i < 200; i++) {
            SensorRecording r = Recordings.random(random, 2, random.nextDouble());
            int hold = random.nextInt(4);
            Imputation.Filled filled = new Imputation(Imputation.Mode.INTERPOLATE, hold).apply(r);
            for (int k = 0; k < 2; k++) {
                for (Series s : r.series()) {
                    int last = -1;
                    for (int row = s.startRow(); row < s.endRow(); row++) {
                        float before = r.value(k, row);
                        float after = filled.recording().value(k, row);
                        assertEquals(!Float.isNaN(before), filled.measured()[k].get(row));
                        if (!Float.isNaN(before)) {
                            assertEquals(before, after);
                            last = row;
                            continue;
                        }
                        int next = row;
                        while (next < s.endRow() && Float.isNaN(r.value(k, next))) {
                            next++;
                        }
                        if (last < 0 || next == s.endRow() && row - last > hold) {
                            assertTrue(Float.isNaN(after), "row " + row + " was made up");
                        } else if (row - last <= hold) {
                            assertEquals(r.value(k, last), after);
                        } else {
                            float low = Math.min(r.value(k, last), r.value(k, next));
                            float high = Math.max(r.value(k, last), r.value(k, next));
                            assertTrue(after >= low && after <= high, after + " outside " + low + " to " + high);
                        }
                    }
                }
            }
        }
    }
}
