package dev.adze.agent.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.decide.DecisionFixture;
import dev.adze.agent.decide.Stamps;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SlowestTest {
    private static Stamps stamps(long... stages) {
        return DecisionFixture.make(0, 0, true, 0, new float[0], stages[0], stages[1], stages[2], stages[3], stages[4]).stamps();
    }

    @Test
    void theStageThatMakesDecisionsSlowIsNamed() {
        var ledger = new LatencyLedger();
        for (int i = 0; i < 2000; i++) {
            // One in a hundred waits 8 ms for its sensors; in all others inference takes most.
            ledger.record(i % 100 == 42 ? stamps(500_000, 8_000_000, 100_000, 1_000_000, 400_000)
                    : stamps(10_000, 20_000, 100_000, 1_000_000, 50_000));
        }
        Slowest slowest = ledger.slowest().orElseThrow();
        assertEquals(20, slowest.decisions());
        assertEquals(10_000_000, slowest.meanNanos(), 1);
        assertEquals("[0.05, 0.8, 0.01, 0.1, 0.04]", Arrays.toString(Arrays.stream(slowest.shares()).map(s -> Math.round(1e9 * s) / 1e9).toArray()));
    }

    @Test
    void itIsToldFromAThousandDecisionsOnAndNotWhereNothingTookTime() {
        var ledger = new LatencyLedger();
        var still = new LatencyLedger();
        for (int i = 0; i < 999; i++) {
            ledger.record(stamps(1, 2, 3, 4, 5));
        }
        assertTrue(ledger.slowest().isEmpty());
        ledger.record(stamps(1, 2, 3, 4, 5));
        assertEquals(10, ledger.slowest().orElseThrow().decisions());
        for (int i = 0; i < 1000; i++) {
            still.record(stamps(0, 0, 0, 0, 0));
        }
        assertTrue(still.slowest().isEmpty());
    }

    @Test
    void sharesAreThoseOfTheSortedDecisions() {
        long seed = 11;
        var random = new Random(seed);
        var ledger = new LatencyLedger();
        long[][] all = new long[20_050][];
        for (int i = 0; i < all.length; i++) {
            all[i] = LongStream.range(0, 5).map(_ -> (long) Math.exp(9 + 2 * random.nextGaussian())).toArray();
            ledger.record(stamps(all[i]));
        }
        Arrays.sort(all, Comparator.comparingLong((long[] d) -> Arrays.stream(d).sum()).reversed());
        double[] sums = new double[5];
        for (int i = 0; i < 200; i++) {
            for (int k = 0; k < 5; k++) {
                sums[k] += all[i][k];
            }
        }
        Slowest slowest = ledger.slowest().orElseThrow();
        assertEquals(200, slowest.decisions());
        double whole = Arrays.stream(sums).sum();
        assertEquals(whole / 200, slowest.meanNanos(), 0.002 * whole / 200, "seed " + seed);
        assertEquals(1, Arrays.stream(slowest.shares()).sum(), 1e-12);
        for (int k = 0; k < 5; k++) {
            // Some of the 200 lie at the border, where a bucket counts in proportion.
            assertEquals(sums[k] / whole, slowest.shares()[k], 0.01, "seed " + seed + " " + Stage.values()[k]);
        }
    }

    @Test
    void bucketsFollowOneAnotherWithoutAGapAndAreNarrow() {
        int last = -1;
        for (long nanos = 0; nanos < 3_600_000_000_000L; nanos += 1 + nanos / 1000) {
            int index = FineBuckets.index(nanos);
            assertTrue(index == last || index == last + 1, nanos + " ns");
            assertTrue(Math.abs(FineBuckets.middle(index) - nanos) <= 0.008 * nanos, nanos + " ns is told as " + FineBuckets.middle(index));
            last = index;
        }
        assertEquals(FineBuckets.COUNT - 1, FineBuckets.index(Long.MAX_VALUE));
        assertEquals(0, FineBuckets.index(-5));
    }
}
