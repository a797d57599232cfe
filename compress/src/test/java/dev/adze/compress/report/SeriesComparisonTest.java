package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeriesComparisonTest {
    private static SeriesComparison series(double[] truth) {
        double[] x = IntStream.range(0, truth.length).asDoubleStream().toArray();
        return new SeriesComparison("y", "", null, x, truth,
                List.of(new SeriesComparison.Prediction("s", truth.clone())), truth.length);
    }

    @Test
    void thinningKeepsTheHighestPeakAndTheLowestValley() {
        double[] truth = new Random(1).doubles(50_000).toArray();
        truth[12_345] = 9;
        truth[33_333] = -9;
        SeriesComparison thin = series(truth).thinned(300);
        assertTrue(thin.x().length <= 1202);
        assertEquals(9, Arrays.stream(thin.truth()).max().orElseThrow());
        assertEquals(-9, Arrays.stream(thin.truth()).min().orElseThrow());
        assertEquals(50_000, thin.totalPoints());
        for (int i = 0; i < thin.x().length; i++) {
            assertEquals(truth[(int) thin.x()[i]], thin.truth()[i]);
            assertEquals(truth[(int) thin.x()[i]], thin.predictions().getFirst().values()[i]);
        }
    }

    @Test
    void theLiveliestStretchIsWhereTheTruthMovesMost() {
        double[] truth = new double[1000];
        for (int i = 600; i < 650; i++) {
            truth[i] = i % 2;
        }
        truth[100] = Double.NaN;
        SeriesComparison stretch = series(truth).liveliest(60);
        assertEquals(60, stretch.x().length);
        assertTrue(stretch.x()[0] <= 601 && stretch.x()[59] >= 649, stretch.x()[0] + " to " + stretch.x()[59]);
        assertArrayEquals(series(truth).truth(), series(truth).liveliest(1000).truth());
        assertEquals(2, series(truth).liveliest(2).x().length);
    }

    @Test
    void seriesOfDifferentLengthsAreRefused() {
        assertThrows(IllegalArgumentException.class,
                () -> new SeriesComparison("y", "", null, new double[2], new double[3], List.of(), 2));
        assertThrows(IllegalArgumentException.class, () -> new SeriesComparison("y", "", null, new double[2],
                new double[2], List.of(new SeriesComparison.Prediction("s", new double[1])), 2));
    }

    @Test
    void histogramsCountEveryFiniteErrorOnce() {
        LinkedHashMap<String, double[]> errors = new LinkedHashMap<>();
        double[] values = new Random(4).doubles(1000, -2, 3).toArray();
        values[7] = 1e6;
        values[8] = Double.NaN;
        errors.put("a", values);
        errors.put("b", new double[] {0});
        Histograms distribution = Histograms.of("y", "", 20, errors);
        Histograms.Histogram a = distribution.stages().getFirst();
        assertEquals(999, a.total());
        assertTrue(a.above() >= 1 && a.above() <= 6);
        assertEquals(1e6, a.worst());
        assertEquals(1, distribution.stages().get(1).total());
        assertTrue(distribution.edges()[20] < 4);
    }

    @Test
    void quantilesAreThoseOfTheTextbook() {
        // Type 7 of Hyndman and Fan: R's quantile(c(1, 2, 4, 8), c(0.05, 0.5, 0.95)) gives 1.15, 3, 7.4.
        LinkedHashMap<String, double[]> errors = new LinkedHashMap<>();
        errors.put("a", new double[] {8, 1, 4, 2});
        Histograms.Histogram a = Histograms.of("y", "", 4, errors).stages().getFirst();
        assertEquals(1.15, a.q05(), 1e-12);
        assertEquals(3, a.median(), 1e-12);
        assertEquals(7.4, a.q95(), 1e-12);
        assertEquals(3.75, a.mean(), 1e-12);
        assertEquals(3.0956959368, a.deviation(), 1e-9);
    }
}
