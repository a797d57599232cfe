package dev.adze.agent.ledger;

import dev.adze.agent.board.BoardState;
import dev.adze.agent.decide.Stamps;
import dev.adze.runtime.latency.LatencyCounts;
import dev.adze.runtime.latency.LatencyHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Latency of every stage of every decision, counted from the scheduled instant: a sample that the machine let wait
 * counts its waiting (open loop; no coordinated omission). Recording allocates nothing. Not thread-safe, but for {@link #captured}, of
 * which there may be one beside anything but {@link #capture}.
 */
public final class LatencyLedger {
    /** 1, 2, 5, 10, ... µs up to 10 s; fixed for good, so that counts of different devices and versions can be added. */
    private static final long[] BOUNDS = bounds();
    private static final Stage[] STAGES = Stage.values();

    private final LatencyHistogram[] histograms = new LatencyHistogram[STAGES.length];
    private final long[][] buckets = new long[STAGES.length][BOUNDS.length + 1];
    private final long[] sums = new long[STAGES.length];
    private final long[] maxima = new long[STAGES.length];
    private final LatencyHistogram[] capturedHistograms = new LatencyHistogram[STAGES.length];
    private final long[][] capturedBuckets = new long[STAGES.length][BOUNDS.length + 1];
    private final long[] capturedSums = new long[STAGES.length];
    private final long[] capturedMaxima = new long[STAGES.length];

    /** Of one captured histogram after the other. */
    private final LatencyCounts counts = new LatencyCounts();

    private final StateLatencies states = new StateLatencies();
    private final StateLatencies capturedStates = new StateLatencies();
    private final SlowestStages slowest = new SlowestStages();
    private final SlowestStages capturedSlowest = new SlowestStages();

    public LatencyLedger() {
        for (int i = 0; i < histograms.length; i++) {
            histograms[i] = new LatencyHistogram();
            capturedHistograms[i] = new LatencyHistogram();
        }
    }

    private static long[] bounds() {
        long[] bounds = new long[22];
        long[] steps = {1_000, 2_000, 5_000};
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = steps[i % 3];
            if (i % 3 == 2) {
                for (int k = 0; k < 3; k++) {
                    steps[k] *= 10;
                }
            }
        }
        return bounds;
    }

    /** Upper bounds (inclusive) of the buckets in {@link StageFigures#bucketCounts}. */
    public static long[] bucketBoundsNanos() {
        return BOUNDS.clone();
    }

    static int bucketCount() {
        return BOUNDS.length + 1;
    }

    /**
     * From now on decisions are of a board in this state, until another is told, or five seconds have passed.
     *
     * @param nanos when it was seen, on the clock of the stamps
     */
    public void board(BoardState state, long nanos) {
        states.now(state, nanos);
    }

    public void record(Stamps stamps) {
        for (int i = 0; i < STAGES.length; i++) {
            long nanos = Math.max(0, STAGES[i].nanos(stamps));
            histograms[i].record(nanos);
            sums[i] += nanos;
            maxima[i] = Math.max(maxima[i], nanos);
            int bucket = 0;
            while (bucket < BOUNDS.length && nanos > BOUNDS[bucket]) {
                bucket++;
            }
            buckets[i][bucket]++;
            if (STAGES[i] == Stage.TOTAL) {
                states.record(stamps.delivered, nanos, bucket);
            }
        }
        slowest.record(stamps);
    }

    /** Keeps the figures of this moment for {@link #captured}. Takes some tenths of a millisecond, and allocates nothing. */
    void capture() {
        for (int i = 0; i < STAGES.length; i++) {
            histograms[i].copyInto(capturedHistograms[i]);
            System.arraycopy(buckets[i], 0, capturedBuckets[i], 0, buckets[i].length);
            capturedSums[i] = sums[i];
            capturedMaxima[i] = maxima[i];
        }
        slowest.copyInto(capturedSlowest);
        states.copyInto(capturedStates);
    }

    /**
     * The figures that were captured last, in the order of {@link Stage}. Takes milliseconds, and some kB a stage: copies of
     * whole histograms, 1.6 MB at every look, would outlive the young generation and fill the old.
     */
    List<StageFigures> captured() {
        var all = new ArrayList<StageFigures>();
        for (Stage stage : STAGES) {
            int i = stage.ordinal();
            counts.set(capturedHistograms[i]);
            all.add(StageFigures.of(stage, counts, capturedSums[i], capturedMaxima[i], capturedBuckets[i]));
        }
        return all;
    }

    /** As {@link #captured}, by the state of the board. */
    List<StateFigures> capturedStates() {
        return capturedStates.figures(counts);
    }

    /** Latency of the whole way by the state of the board so far, of all states in which there was a decision. */
    public List<StateFigures> states() {
        capture();
        return capturedStates();
    }

    /** As {@link #captured}, of the slowest hundredth; null from too few decisions. */
    Slowest capturedSlowest() {
        return capturedSlowest.slowest();
    }

    /** What part of the slowest hundredth each stage took so far; empty from fewer decisions than p99 is told from. */
    public Optional<Slowest> slowest() {
        capture();
        return Optional.ofNullable(capturedSlowest());
    }

    /** The figures of all stages so far, in the order of {@link Stage}. */
    public List<StageFigures> figures() {
        capture();
        return captured();
    }
}
