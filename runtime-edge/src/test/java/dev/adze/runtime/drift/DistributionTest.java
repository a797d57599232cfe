package dev.adze.runtime.drift;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DistributionTest {
    /** So many of 0, 1, 2, ... */
    private static double[] values(int... counts) {
        return IntStream.range(0, counts.length).boxed().flatMapToDouble(v -> DoubleStream.generate(() -> v).limit(counts[v])).toArray();
    }

    private static long[] counted(Distribution bins, double... values) {
        long[] counts = new long[bins.bins()];
        Arrays.stream(values).forEach(v -> counts[bins.bin(v)]++);
        return counts;
    }

    /** The sum computed by SciPy 1.x as rel_entr(a, e) + rel_entr(e, a). */
    @Test
    void theStabilityIndexOfATableIsThatOfScipy() {
        var baseline = new Distribution(new double[] {1, 2, 3, 4, 5, 6, 7}, new long[] {50, 100, 150, 200, 200, 150, 100, 50}, 0);
        assertEquals(0.019361904463673286, baseline.stabilityIndex(new long[] {30, 80, 140, 210, 220, 160, 110, 50}), 1e-15);
        assertEquals(0, baseline.stabilityIndex(baseline.counts()));
    }

    /** By hand: shares 0.5, 0.5 against 0.25, 0.75 are 0.25 ln 0.5 * -1 + 0.25 ln 1.5. */
    @Test
    void halfACountStandsForNone() {
        var baseline = new Distribution(new double[] {1}, new long[] {50, 50}, 0);
        assertEquals(0.25 * Math.log(2) + 0.25 * Math.log(1.5), baseline.stabilityIndex(new long[] {25, 75}), 1e-15);
        assertEquals((0.5 - 0.005) * Math.log(0.5 / 0.005) + 0.5 * Math.log(2), baseline.stabilityIndex(new long[] {0, 100}), 1e-12);
        assertTrue(Double.isNaN(baseline.stabilityIndex(new long[2])));
        assertTrue(Double.isNaN(Distribution.of(new double[0]).kolmogorovSmirnov(new long[] {3})));
    }

    /** Two samples drawn by NumPy and compared by scipy.stats.ks_2samp. */
    @Test
    void theKolmogorovSmirnovDistanceIsThatOfScipy() {
        var baseline = Distribution.of(values(38, 28, 38, 35, 39, 35, 33, 26, 38, 31, 25, 34));
        double[] others = values(0, 0, 0, 30, 21, 26, 24, 26, 24, 25, 23, 23, 26, 24, 28);
        assertEquals(0.2783333333333333, baseline.kolmogorovSmirnov(counted(baseline, others)), 1e-15);
    }

    @Test
    void theSketchOfContinuousValuesMissesNoMoreThanABinOfTheDistance() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        double[] training = random.doubles(5000).map(u -> Math.log(u)).toArray();
        var baseline = Distribution.of(training);
        assertEquals(5000, baseline.total());
        for (int trial = 0; trial < 20; trial++) {
            double shift = random.nextGaussian();
            double[] others = random.doubles(1000).map(u -> Math.log(u) + shift).toArray();
            double sketched = baseline.kolmogorovSmirnov(counted(baseline, others));
            double exact = exact(training, others);
            assertTrue(sketched <= exact + 1e-12 && sketched >= exact - 1.0 / Distribution.QUANTILES - 1e-12,
                    sketched + " against " + exact + ", seed " + seed);
        }
    }

    /** By its definition, at every value. */
    private static double exact(double[] a, double[] b) {
        double[] all = DoubleStream.concat(Arrays.stream(a), Arrays.stream(b)).sorted().toArray();
        double[] sortedA = a.clone();
        double[] sortedB = b.clone();
        Arrays.sort(sortedA);
        Arrays.sort(sortedB);
        double largest = 0;
        int i = 0;
        int j = 0;
        for (double v : all) {
            while (i < sortedA.length && sortedA[i] <= v) {
                i++;
            }
            while (j < sortedB.length && sortedB[j] <= v) {
                j++;
            }
            largest = Math.max(largest, Math.abs((double) i / sortedA.length - (double) j / sortedB.length));
        }
        return largest;
    }

    @Test
    void valuesBeyondAllOfTheTrainingShow() {
        var constant = Distribution.of(new double[] {3, 3, Double.NaN, 3});
        assertArrayEquals(new long[] {0, 3, 0}, constant.counts());
        assertEquals(1, constant.missing());
        assertEquals(1, constant.kolmogorovSmirnov(counted(constant, 2.999999, 2.5)));
        assertEquals(1, constant.kolmogorovSmirnov(counted(constant, 4, 5)));
        assertEquals(0, constant.kolmogorovSmirnov(counted(constant, 3, 3)));
    }

    @Test
    void partsThatDoNotFitAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Distribution(new double[] {1, 1}, new long[3], 0));
        assertThrows(IllegalArgumentException.class, () -> new Distribution(new double[] {1}, new long[1], 0));
        assertThrows(IllegalArgumentException.class, () -> new Distribution(new double[] {1}, new long[] {1, -1}, 0));
        assertThrows(IllegalArgumentException.class, () -> new Distribution(new double[] {Double.NaN}, new long[2], 0));
    }

    @Test
    void runsAreToldWhenTheyEnd() {
        var told = new StringBuilder();
        var lengths = new RunLengths((whole, steps) -> told.append(whole ? "+" : "-").append(steps).append(' '));
        for (boolean step : new boolean[] {true, true, false, true}) {
            lengths.step(step);
        }
        lengths.steps(false, 5);
        lengths.steps(true, 0);
        lengths.end();
        lengths.end();
        assertEquals("+2 -1 +1 -5 ", told.toString());
    }
}
