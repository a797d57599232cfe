package dev.adze.compress.report.chart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThinningTest {
    @Test
    void everyColumnKeepsTheExtremesOfEverySeries() {
        long seed = 5;
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int points = 1 + random.nextInt(5000);
            int columns = 1 + random.nextInt(200);
            double[] x = IntStream.range(0, points).asDoubleStream().map(i -> i * 0.5 + 1e12).toArray();
            List<double[]> series = List.of(random.doubles(points).toArray(), random.doubles(points).toArray());
            int[] kept = Thinning.keep(x, series, columns);
            String where = "seed " + seed + ", round " + round;
            assertTrue(points <= 2 * columns || kept.length <= 4 * columns + 2, where);
            assertEquals(0, kept[0], where);
            assertEquals(points - 1, kept[kept.length - 1], where);
            for (double[] values : series) {
                assertArrayEquals(extremes(x, values, columns, range(points)),
                        extremes(x, values, columns, kept), where);
            }
        }
    }

    /** Lowest and highest value per column, computed the slow way. */
    private static double[] extremes(double[] x, double[] values, int columns, int[] indices) {
        double[] extremes = new double[2 * columns];
        Arrays.fill(extremes, Double.NaN);
        double span = x[x.length - 1] - x[0];
        for (int i : indices) {
            int c = 0;
            while (c < columns - 1 && x[i] - x[0] >= span * (c + 1) / columns) {
                c++;
            }
            extremes[2 * c] = Double.isNaN(extremes[2 * c]) ? values[i] : Math.min(extremes[2 * c], values[i]);
            extremes[2 * c + 1] =
                    Double.isNaN(extremes[2 * c + 1]) ? values[i] : Math.max(extremes[2 * c + 1], values[i]);
        }
        return extremes;
    }

    @Test
    void gapsStayGaps() {
        double[] x = IntStream.range(0, 10_000).asDoubleStream().toArray();
        double[] y = new double[10_000];
        y[5000] = Double.NaN;
        int[] kept = Thinning.keep(x, List.of(y), 10);
        assertTrue(Arrays.stream(kept).anyMatch(i -> i == 5000));
        assertTrue(kept.length < 40);
    }

    @Test
    void shortOrEmptyOrConstantTimeSeriesAreKeptOrReduced() {
        assertArrayEquals(new int[0], Thinning.keep(new double[0], List.of(new double[0]), 5));
        assertArrayEquals(new int[] {0}, Thinning.keep(new double[1], List.of(new double[1]), 5));
        assertTrue(Thinning.keep(new double[100], List.of(new double[100]), 5).length >= 2);
    }

    private static int[] range(int points) {
        return IntStream.range(0, points).toArray();
    }
}
