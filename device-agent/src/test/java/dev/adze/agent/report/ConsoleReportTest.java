package dev.adze.agent.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.board.BoardState;
import dev.adze.agent.decide.DecisionFixture;
import dev.adze.agent.ledger.LatencyLedger;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleReportTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final LatencyLedger ledger = new LatencyLedger();

    private ConsoleReport console(TaskSpec.Kind kind, boolean terminal) {
        return new ConsoleReport(new PrintStream(bytes, true), ReportFixtures.run(kind), terminal);
    }

    @Test
    void theTableTellsCountsAndRefusesPercentilesFromTooFew() {
        for (int i = 0; i < 120; i++) {
            ledger.record(DecisionFixture.make(i, 0, true, 0, new float[2], 100_000, 2_000_000, 3_000, 40_000, 5_000).stamps());
        }
        console(TaskSpec.Kind.FORECAST, false).stopped(ReportFixtures.snapshot(ledger, 120), 61, "signal");
        assertEquals("""
                0:01:01  120 decisions, 3 missed, 14 readings without value, 2 sensor time-outs, 1 groups quarantined
                in 30 s: out0 42.2 %, out1 7.00 % (1 channels filled in)
                without value: odd"name (no answer)
                latency ms         n      mean       p50       p90       p99     p99.9       max
                lateness         120     0.100     0.100     0.100       n/a       n/a     0.100
                read             120     2.000     2.000     2.000       n/a       n/a     2.000
                preprocess       120     0.003     0.003     0.003       n/a       n/a     0.003
                inference        120     0.040     0.040     0.040       n/a       n/a     0.040
                report           120     0.005     0.005     0.005       n/a       n/a     0.005
                total            120     2.148     2.148     2.148       n/a       n/a     2.148
                95 % ms                  p50              p90              p99            p99.9
                lateness        0.100..0.100     0.100..0.100              n/a              n/a
                read            2.000..2.000     2.000..2.000              n/a              n/a
                preprocess      0.003..0.003     0.003..0.003              n/a              n/a
                inference       0.040..0.040     0.040..0.040              n/a              n/a
                report          0.005..0.005     0.005..0.005              n/a              n/a
                total           2.146..2.148     2.146..2.148              n/a              n/a
                stopped: signal
                """, bytes.toString());
    }

    @Test
    void theEndTellsTheBoardsStatesAndTheSlowest() {
        for (int i = 0; i < 1000; i++) {
            ledger.board(new BoardState(i < 30 ? BoardState.Clock.CAPPED : BoardState.Clock.FULL, BoardState.Thermal.UNKNOWN), 0);
            ledger.record(DecisionFixture.make(i, 0, true, 0, new float[2], 100_000, i < 10 ? 9_500_000 : 500_000, 100_000, 200_000, 100_000).stamps());
        }
        console(TaskSpec.Kind.FORECAST, false).stopped(ReportFixtures.snapshot(ledger, 1000), 61, "signal");
        List<String> lines = bytes.toString().lines().toList();
        assertTrue(lines.get(lines.size() - 4).matches("total while capped/unknown: n 30, p50 (0\\.99|1\\.00)\\d, p99 n/a, max 10\\.000"), bytes.toString());
        assertTrue(lines.get(lines.size() - 3).matches("total while full/unknown: n 970, p50 (0\\.99|1\\.00)\\d, p99 n/a, max 1\\.000"), bytes.toString());
        assertEquals("slowest 1 % (10): lateness 1 %, read 95 %, preprocess 1 %, inference 2 %, report 1 %", lines.get(lines.size() - 2));
    }

    @Test
    void withoutATerminalAnIntervalIsOneLine() {
        console(TaskSpec.Kind.FORECAST, false).interim(ReportFixtures.snapshot(ledger, 0), 5);
        assertEquals(1, bytes.toString().lines().count());
        assertTrue(bytes.toString().contains("no decision yet") && bytes.toString().contains("n/a"), bytes.toString());
    }

    @Test
    void onATerminalTheTableIsDrawnOverItself() {
        var console = console(TaskSpec.Kind.CLASSIFICATION, true);
        console.interim(ReportFixtures.snapshot(ledger, 1), 5);
        assertTrue(!bytes.toString().contains("\u001b[10A"));
        console.interim(ReportFixtures.snapshot(ledger, 1), 10);
        assertTrue(bytes.toString().contains("\u001b[10A0:00:10"), bytes.toString());
        assertTrue(bytes.toString().contains("out0 100.0 %"), bytes.toString());
    }
}
