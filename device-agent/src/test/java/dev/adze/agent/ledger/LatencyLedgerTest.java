package dev.adze.agent.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.adze.agent.decide.Stamps;
import dev.adze.runtime.latency.LatencyHistogram;
import dev.adze.runtime.latency.Percentile;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyLedgerTest {
    private static Stamps stamps(long start, long late, long read, long preprocess, long inference, long report) {
        var s = new Stamps();
        s.scheduled = start;
        s.readStart = start + late;
        s.readEnd = s.readStart + read;
        s.preprocessed = s.readEnd + preprocess;
        s.inferred = s.preprocessed + inference;
        s.delivered = s.inferred + report;
        return s;
    }

    @Test
    void stagesAddUpToTheWhole() {
        var ledger = new LatencyLedger();
        ledger.record(stamps(Long.MAX_VALUE - 5, 100, 2_000, 30_000, 400_000, 5_000_000));
        long sum = 0;
        for (StageFigures f : ledger.figures()) {
            assertEquals(1, f.samples());
            if (f.stage() != Stage.TOTAL) {
                sum += f.sumNanos();
            } else {
                assertEquals(sum, f.sumNanos());
            }
        }
        assertEquals(5_432_100, sum);
    }

    @Test
    void percentilesAreThoseOfTheSortedSamplesWithinAThousandth() {
        long seed = 5;
        var random = new Random(seed);
        var ledger = new LatencyLedger();
        long[] nanos = new long[20_000];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = (long) Math.exp(9 + 3 * random.nextGaussian());
            ledger.record(stamps(i, 0, nanos[i], 0, 0, 0));
        }
        Arrays.sort(nanos);
        StageFigures read = ledger.figures().get(Stage.READ.ordinal());
        for (Percentile p : Percentile.values()) {
            long exact = nanos[(int) Math.ceil(p.fraction() * nanos.length) - 1];
            assertEquals(exact, read.percentileNanos(p), 0.0011 * exact + 1, "seed " + seed + " " + p);
        }
        assertEquals(nanos[nanos.length - 1], read.maxNanos());
        assertEquals(Arrays.stream(nanos).sum(), read.sumNanos());
    }

    @Test
    void noPercentileIsToldFromTooFewSamples() {
        var ledger = new LatencyLedger();
        int n = 0;
        for (Percentile p : Percentile.values()) {
            for (; n < p.minimumSamples() - 1; n++) {
                ledger.record(stamps(0, 1, 2, 3, 4, 5));
            }
            assertEquals(-1, ledger.figures().getLast().percentileNanos(p), p + " from " + n);
            ledger.record(stamps(0, 1, 2, 3, 4, 5));
            n++;
            assertEquals(15, ledger.figures().getLast().percentileNanos(p), p + " from " + n);
        }
    }

    @Test
    void intervalsAreTheBinomialsRanksAndRefusedWhereThePercentileIs() {
        var ledger = new LatencyLedger();
        for (int i = 1000; i >= 1; i--) {
            if (i > 870 || i < 4) {
                StageFigures before = ledger.figures().getLast();
                for (Percentile p : Percentile.values()) {
                    assertEquals(before.percentileNanos(p) < 0, before.interval(p) == null, p + " from " + before.samples());
                }
            }
            ledger.record(stamps(0, 0, 1_000_000L * i, 0, 0, 0));
        }
        StageFigures total = ledger.figures().getLast();
        // By exact rational arithmetic on binomial(1000, p): tails of at most 2.5 % on either side.
        long[][] ranks = {{469, 532}, {881, 919}, {983, 997}};
        for (int p = 0; p < ranks.length; p++) {
            LatencyHistogram.Interval interval = total.interval(Percentile.values()[p]);
            assertEquals(1e6 * ranks[p][0], interval.lowNanos(), 1e3 * ranks[p][0]);
            assertEquals(1e6 * ranks[p][1], interval.highNanos(), 1e3 * ranks[p][1]);
        }
        assertNull(total.interval(Percentile.P99_9));
    }

    @Test
    void bucketsCountEverySampleOnce() {
        var ledger = new LatencyLedger();
        long[] bounds = LatencyLedger.bucketBoundsNanos();
        assertEquals(1_000, bounds[0]);
        assertEquals(10_000_000_000L, bounds[bounds.length - 1]);
        for (long bound : bounds) {
            ledger.record(stamps(0, bound, 0, 0, 0, 0));
            ledger.record(stamps(0, bound + 1, 0, 0, 0, 0));
        }
        ledger.record(stamps(0, 3_700_000_000_000L, 0, 0, 0, 0));
        ledger.record(stamps(0, -5, 0, 0, 0, 0));
        long[] counts = ledger.figures().getFirst().bucketCounts();
        assertEquals(2, counts[0]);
        for (int i = 1; i < bounds.length; i++) {
            assertEquals(2, counts[i], "bucket up to " + bounds[i]);
        }
        assertEquals(2, counts[bounds.length]);
        assertEquals(bounds.length + 1, counts.length);
    }
}
