package dev.adze.agent.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adze.agent.board.BoardState;
import dev.adze.agent.board.BoardState.Clock;
import dev.adze.agent.board.BoardState.Thermal;
import dev.adze.agent.decide.Stamps;
import dev.adze.runtime.latency.Percentile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StateLatenciesTest {
    private static final BoardState COOL = new BoardState(Clock.FULL, Thermal.COOL);
    private static final BoardState HOT = new BoardState(Clock.CAPPED, Thermal.PASSIVE);
    private static final long SECOND = 1_000_000_000L;

    private static Stamps stamps(long start, long inference) {
        var s = new Stamps();
        s.scheduled = s.readStart = s.readEnd = s.preprocessed = start;
        s.inferred = s.delivered = start + inference;
        return s;
    }

    @Test
    void aThrottledBoardShows() {
        long seed = 3;
        var random = new Random(seed);
        var ledger = new LatencyLedger();
        long[][] nanos = new long[2][4000];
        for (int i = 0; i < 8000; i++) {
            boolean hot = i / 1000 % 2 == 1;
            if (i % 1000 == 0) {
                ledger.board(hot ? HOT : COOL, i * 1_000_000L);
            }
            long took = (long) ((hot ? 1.7 : 1) * Math.exp(12 + 0.5 * random.nextGaussian()));
            nanos[hot ? 1 : 0][i / 2000 * 1000 + i % 1000] = took;
            ledger.record(stamps(i * 1_000_000L, took));
        }
        List<StateFigures> states = ledger.states();
        assertEquals(List.of(HOT, COOL), states.stream().map(StateFigures::state).toList());
        for (StateFigures state : states) {
            long[] mine = nanos[state.state().equals(HOT) ? 1 : 0];
            Arrays.sort(mine);
            assertEquals(4000, state.total().samples());
            assertEquals(Arrays.stream(mine).sum(), state.total().sumNanos());
            assertEquals(mine[3999], state.total().maxNanos());
            assertEquals(4000, Arrays.stream(state.total().bucketCounts()).sum());
            for (Percentile p : List.of(Percentile.P50, Percentile.P90, Percentile.P99)) {
                long exact = mine[(int) Math.ceil(p.fraction() * 4000) - 1];
                assertEquals(exact, state.total().percentileNanos(p), 0.01 * exact, "seed " + seed + " " + state.state() + " " + p);
            }
            assertEquals(-1, state.total().percentileNanos(Percentile.P99_9));
        }
    }

    @Test
    void aLookThatHangsIsNotTheStateForEver() {
        var ledger = new LatencyLedger();
        ledger.record(stamps(0, 1000));
        ledger.board(HOT, 10 * SECOND);
        ledger.record(stamps(10 * SECOND, 5 * SECOND));
        ledger.record(stamps(15 * SECOND, 1000));
        var counts = new ArrayList<String>();
        ledger.states().forEach(s -> counts.add(s.state().clock().label() + "/" + s.state().thermal().label() + " " + s.total().samples()));
        assertEquals(List.of("capped/passive 1", "unknown/unknown 2"), counts);
    }

    @Test
    void everyStateHasAPlaceOfItsOwn() {
        for (int i = 0; i < BoardState.COUNT; i++) {
            assertEquals(i, BoardState.of(i).index());
        }
    }
}
