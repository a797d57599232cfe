package dev.adze.agent.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
    /** Queries and "would discard" of published single-stream logs of MLPerf's own load generator, p90. */
    private static final List<long[]> PUBLISHED = List.of(new long[] {2048, 172}, new long[] {7469, 685}, new long[] {2145, 181},
            new long[] {2116, 178});

    @Test
    void itLeavesOutWhatThePublishedLogsLeaveOut() {
        for (long[] log : PUBLISHED) {
            assertEquals(log[1], EarlyStopping.overlatencyQueries(log[0], 0.9) - 1, log[0] + " queries");
        }
    }

    @Test
    void theFewestQueriesAreThoseOfTheRules() {
        assertEquals(64, EarlyStopping.fewestQueries(0.9));
        assertEquals(662, EarlyStopping.fewestQueries(0.99));
    }

    /** P(T <= t) in 60 decimal digits, term by term. */
    private static BigDecimal atMost(long t, int n, String over) {
        var context = new MathContext(60);
        var q = new BigDecimal(over);
        BigDecimal p = BigDecimal.ONE.subtract(q);
        BigDecimal term = p.pow(n, context);
        BigDecimal sum = term;
        for (int k = 1; k <= t; k++) {
            term = term.multiply(BigDecimal.valueOf(n - k + 1)).multiply(q).divide(BigDecimal.valueOf(k).multiply(p), context);
            sum = sum.add(term, context);
        }
        return sum;
    }

    @Test
    void itIsTheLargestNumberWithinOnePercentOfExactArithmetic() {
        for (int n : new int[] {64, 65, 100, 661, 662, 1000, 5000}) {
            for (String over : List.of("0.1", "0.01")) {
                long t = EarlyStopping.overlatencyQueries(n, 1 - Double.parseDouble(over));
                var limit = new BigDecimal("0.01");
                assertTrue(t < 0 || atMost(t, n, over).compareTo(limit) <= 0, n + " " + over + ": " + t + " is too many");
                assertTrue(atMost(t + 1, n, over).compareTo(limit) > 0, n + " " + over + ": " + t + " is too few");
            }
        }
    }

    @Test
    void millionsOfQueriesAreNoTrouble() {
        long t = EarlyStopping.overlatencyQueries(30_000_000, 0.9);
        // Normal approximation: 3,000,000 - 2.326 * sqrt(30,000,000 * 0.09)
        assertEquals(3_000_000 - 2.326 * Math.sqrt(2_700_000), t, 5);
    }
}
