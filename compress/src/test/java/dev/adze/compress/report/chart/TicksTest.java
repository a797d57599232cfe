package dev.adze.compress.report.chart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TicksTest {
    @Test
    void knownRangesGiveRoundNumbers() {
        assertArrayEquals(new double[] {0, 20, 40, 60, 80, 100}, Ticks.covering(0, 100, 6));
        assertArrayEquals(new double[] {-0.1, 0, 0.1, 0.2, 0.3}, Ticks.covering(-0.03, 0.27, 6));
        assertArrayEquals(new double[] {10, 100, 1000, 10000}, Ticks.coveringLog(12, 9000, 6));
        assertArrayEquals(new double[] {2, 5, 10, 20, 50}, Ticks.coveringLog(3, 40, 6));
        assertEquals(List.of("−0.1", "0", "0.1"), Ticks.labels(new double[] {-0.1, 0, 0.1}));
        assertEquals(List.of("0.5", "1.0", "1.5"), Ticks.labels(new double[] {0.5, 1, 1.5}));
        assertEquals(List.of("0", "1e8", "2e8"), Ticks.labels(new double[] {0, 1e8, 2e8}));
    }

    @Test
    void linearTicksCoverAnyRangeInThreeToTenRoundSteps() {
        long seed = 20260131;
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            double centre = random.nextGaussian() * Math.pow(10, random.nextInt(24) - 12);
            double span = random.nextDouble() * Math.pow(10, random.nextInt(24) - 12);
            double low = centre - span;
            double high = centre + span;
            int max = 6 + random.nextInt(5);
            double[] ticks = Ticks.covering(low, high, max);
            String where = "seed " + seed + ", case " + i + ": [" + low + ", " + high + "] " + Arrays.toString(ticks);
            assertTrue(ticks.length >= 3 && ticks.length <= max, where);
            assertTrue(ticks[0] <= low && ticks[ticks.length - 1] >= high, where);
            BigDecimal step = BigDecimal.valueOf(ticks[1]).subtract(BigDecimal.valueOf(ticks[0])).stripTrailingZeros();
            assertTrue(List.of("1", "2", "5").contains(step.unscaledValue().toString()), where);
            for (int t = 2; t < ticks.length; t++) {
                assertEquals(0, BigDecimal.valueOf(ticks[t]).subtract(BigDecimal.valueOf(ticks[t - 1])).compareTo(step),
                        where);
            }
            assertEquals(ticks.length, new HashSet<>(Ticks.labels(ticks)).size(), where);
        }
    }

    @Test
    void logarithmicTicksCoverAnyPositiveRangeInThreeToTenSteps() {
        long seed = 77;
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            double low = Math.pow(10, random.nextDouble() * 24 - 12);
            double high = low * Math.pow(10, random.nextDouble() * random.nextInt(1, 14));
            int max = 6 + random.nextInt(5);
            double[] ticks = Ticks.coveringLog(low, high, max);
            String where = "seed " + seed + ", case " + i + ": [" + low + ", " + high + "] " + Arrays.toString(ticks);
            assertTrue(ticks.length >= 3 && ticks.length <= max, where);
            assertTrue(ticks[0] <= low && ticks[ticks.length - 1] >= high && ticks[0] > 0, where);
            for (double tick : ticks) {
                String digits = BigDecimal.valueOf(tick).stripTrailingZeros().unscaledValue().toString();
                assertTrue(digits.length() <= 3 || high / low < 1.05, where);
            }
            assertEquals(ticks.length, new HashSet<>(Ticks.logLabels(ticks)).size(), where);
        }
    }

    @Test
    void strangeRangesStillGiveTicks() {
        double[] strange = {Double.NaN, Double.NEGATIVE_INFINITY, -Double.MAX_VALUE, -1, -0.0, 0, Double.MIN_VALUE,
            1e-300, 1, Math.nextUp(1.0), 1e15, Double.MAX_VALUE, Double.POSITIVE_INFINITY};
        for (double low : strange) {
            for (double high : strange) {
                for (double[] ticks : List.of(Ticks.covering(low, high, 6), Ticks.coveringLog(low, high, 6))) {
                    String where = low + ", " + high + ": " + Arrays.toString(ticks);
                    assertTrue(ticks.length >= 3 && ticks.length <= 10, where);
                    for (int t = 0; t < ticks.length; t++) {
                        assertTrue(Double.isFinite(ticks[t]) && (t == 0 || ticks[t] > ticks[t - 1]), where);
                    }
                }
            }
        }
    }

    @Test
    void timesAreRoundInUtc() {
        double start = 1_769_853_623_000d;
        double[] ticks = TimeTicks.within(start, start + 3_600_000, 6);
        assertEquals(List.of("10:15", "10:30", "10:45", "11:00"), TimeTicks.labels(ticks));
        double[] days = TimeTicks.within(start, start + 86_400_000d * 30, 6);
        assertEquals(List.of("2026-02-05", "2026-02-12", "2026-02-19", "2026-02-26"), TimeTicks.labels(days));
    }
}
