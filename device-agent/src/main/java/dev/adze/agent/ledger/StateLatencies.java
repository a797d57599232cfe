package dev.adze.agent.ledger;

import dev.adze.agent.board.BoardState;
import dev.adze.runtime.latency.LatencyCounts;
import java.util.ArrayList;
import java.util.List;

/**
 * Latency of the whole way by the state of the board: 19 kB for each state that was seen. Recording allocates nothing; room
 * for a new state is made by who saw it ({@link #now}). Not thread-safe.
 */
final class StateLatencies {
    /** The board is looked at once a second: what is older is from a look that hangs. */
    private static final long NEWEST_NANOS = 5_000_000_000L;

    private static final int UNKNOWN = BoardState.UNKNOWN.index();

    private final Counts[] states = new Counts[BoardState.COUNT];
    private int current = UNKNOWN;
    private long seenNanos;

    private static final class Counts {
        private final long[] fine = new long[FineBuckets.COUNT];
        private final long[] buckets = new long[LatencyLedger.bucketCount()];
        private long sum;
        private long max;

        private void copyInto(Counts other) {
            System.arraycopy(fine, 0, other.fine, 0, fine.length);
            System.arraycopy(buckets, 0, other.buckets, 0, buckets.length);
            other.sum = sum;
            other.max = max;
        }

        private StageFigures figures(LatencyCounts counts) {
            counts.clear();
            for (int i = 0; i < fine.length; i++) {
                if (fine[i] > 0) {
                    counts.add(FineBuckets.middle(i), fine[i]);
                }
            }
            return StageFigures.of(Stage.TOTAL, counts, sum, max, buckets);
        }
    }

    StateLatencies() {
        states[current] = new Counts();
    }

    void now(BoardState state, long nanos) {
        current = state.index();
        seenNanos = nanos;
        if (states[current] == null) {
            states[current] = new Counts();
        }
    }

    /** @param bucket of {@link LatencyLedger#bucketBoundsNanos} */
    void record(long deliveredNanos, long nanos, int bucket) {
        boolean fresh = deliveredNanos - seenNanos <= NEWEST_NANOS;
        Counts counts = states[fresh ? current : UNKNOWN];
        counts.fine[FineBuckets.index(nanos)]++;
        counts.buckets[bucket]++;
        counts.sum += nanos;
        counts.max = Math.max(counts.max, nanos);
    }

    void copyInto(StateLatencies other) {
        for (int i = 0; i < states.length; i++) {
            if (states[i] != null) {
                if (other.states[i] == null) {
                    other.states[i] = new Counts();
                }
                states[i].copyInto(other.states[i]);
            }
        }
    }

    /**
     * Of all states in which there was a decision.
     *
     * @param counts where one state's samples after the other's are counted
     */
    List<StateFigures> figures(LatencyCounts counts) {
        var all = new ArrayList<StateFigures>();
        for (int i = 0; i < states.length; i++) {
            if (states[i] != null) {
                var figures = new StateFigures(BoardState.of(i), states[i].figures(counts));
                if (figures.total().samples() > 0) {
                    all.add(figures);
                }
            }
        }
        return all;
    }
}
