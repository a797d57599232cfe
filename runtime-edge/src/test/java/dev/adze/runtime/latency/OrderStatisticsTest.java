package dev.adze.runtime.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class OrderStatisticsTest {
    @Test
    void ranksAgreeWithTheBinomialSumsInBigDecimals() {
        for (int n : new int[] {1, 2, 5, 20, 100, 333}) {
            for (Percentile percentile : Percentile.values()) {
                for (double confidence : new double[] {0.5, 0.9, 0.95, 0.99}) {
                    assertEquals(exact(n, percentile.fraction(), confidence),
                            OrderStatistics.interval(n, percentile.fraction(), confidence),
                            "n " + n + ", " + percentile + ", " + confidence);
                }
            }
        }
    }

    @Test
    void manySamplesGiveTheNormalApproximation() {
        long n = 100_000_000;
        OrderStatistics.Ranks ranks = OrderStatistics.interval(n, 0.5, 0.95);
        double halfWidth = 1.959964 * Math.sqrt(n * 0.25);
        assertTrue(Math.abs(ranks.low() - (n * 0.5 - halfWidth)) < 2, ranks.toString());
        assertTrue(Math.abs(ranks.high() - (n * 0.5 + halfWidth)) < 3, ranks.toString());
    }

    private static OrderStatistics.Ranks exact(int n, double fraction, double confidence) {
        MathContext precision = new MathContext(50);
        BigDecimal p = new BigDecimal(fraction);
        BigDecimal q = BigDecimal.ONE.subtract(p);
        BigDecimal[] mass = new BigDecimal[n + 1];
        BigDecimal choose = BigDecimal.ONE;
        for (int k = 0; k <= n; k++) {
            mass[k] = choose.multiply(p.pow(k, precision)).multiply(q.pow(n - k, precision));
            choose = choose.multiply(BigDecimal.valueOf(n - k)).divide(BigDecimal.valueOf(k + 1), precision);
        }
        BigDecimal tail = new BigDecimal((1 - confidence) / 2);
        long low = 0;
        BigDecimal sum = BigDecimal.ZERO;
        for (int k = 0; k <= n; k++) {
            sum = sum.add(mass[k]);
            if (sum.compareTo(tail) > 0) {
                break;
            }
            low = k + 1;
        }
        long high = n + 1;
        sum = BigDecimal.ZERO;
        for (int k = n; k >= 0; k--) {
            sum = sum.add(mass[k]);
            if (sum.compareTo(tail) > 0) {
                break;
            }
            high = k;
        }
        return new OrderStatistics.Ranks(low, high);
    }
}
