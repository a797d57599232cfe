package dev.adze.agent.report;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.ledger.AgentStatus.Snapshot;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.text.DecimalText;
import dev.adze.profiles.JsonLinesBounds;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The reports of a run in a file of JSON lines, bounded in size, in files and in bytes an hour. A decision costs the loop
 * the making of its line; writing is another thread's work.
 */
public final class JsonLinesReport implements RunReport {
    /** So that a short interval does not leave all decisions out. */
    private static final double LATENCY_SHARE = 0.4;

    private final LineFile file;
    private final ReportText text;
    private final WriteBudget budget;
    private final WriteBudget latencyBudget;
    private long leftOut;
    /** Of the newest line; the loop thread's. */
    private int decisionLength;

    /** @param nanoClock monotonic, for the bytes an hour */
    public JsonLinesReport(Path path, JsonLinesBounds bounds, RunInfo run, LongSupplier nanoClock) {
        file = new LineFile(path, bounds.rotateBytes(), bounds.files());
        text = new ReportText(run, false);
        budget = new WriteBudget(bounds.bytesPerHour(), nanoClock);
        latencyBudget = new WriteBudget(Math.round(LATENCY_SHARE * bounds.bytesPerHour()), nanoClock);
    }

    @Override
    public void started(long epochMillis) {
        file.headOfFurtherFiles(text.started(epochMillis, true).toString());
        always(text.started(epochMillis, false));
    }

    @Override
    public void decided(Decision decision, ReadingBuffer readings) {
        // Its lines are about equally long: one that there is no room for need not be made.
        if (!budget.leavesAQuarter(decisionLength)) {
            countLeftOut();
            return;
        }
        DecimalText line = text.decision(decision, readings);
        decisionLength = line.length();
        if (budget.leavesAQuarter(line.length())) {
            always(line);
        } else {
            leaveOut(line);
        }
    }

    @Override
    public void alarm(String name, boolean raised, String output, double value, long epochMillis) {
        always(text.alarm(name, raised, output, value, epochMillis));
    }

    @Override
    public void drift(DriftReport report) {
        always(text.drift(report));
    }

    /** Whole as long as there is room for more than it; then brief, so that an interval has a line all the same. */
    @Override
    public void latency(Snapshot status, long epochMillis, double seconds) {
        DecimalText line = text.latency(status, epochMillis, seconds, lost());
        if (!budget.affords(line.length()) || !latencyBudget.leavesAQuarter(line.length())) {
            line = text.brief(status, epochMillis, seconds, lost());
        }
        if (budget.affords(line.length()) && latencyBudget.affords(line.length())) {
            latencyBudget.spend(line.length());
            always(line);
        } else {
            leaveOut(line);
        }
    }

    @Override
    public void stopped(Snapshot status, long epochMillis, double seconds, String reason) {
        always(text.stopped(status, epochMillis, seconds, lost(), reason));
    }

    private synchronized Map<String, Long> lost() {
        var lost = new LinkedHashMap<String, Long>();
        lost.put("droppedLines", file.dropped());
        lost.put("leftOutLines", leftOut);
        return lost;
    }

    private void always(DecimalText line) {
        budget.spend(line.length());
        file.append(line);
    }

    private void leaveOut(DecimalText line) {
        line.clear();
        countLeftOut();
    }

    private synchronized void countLeftOut() {
        leftOut++;
    }

    /** Lines that could not be written. */
    public long dropped() {
        return file.dropped();
    }

    @Override
    public void close() {
        file.close();
    }
}
