package dev.adze.agent.mqtt;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.ledger.AgentStatus.Snapshot;
import dev.adze.agent.report.ReportText;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.text.DecimalText;
import java.util.Map;

/** How reports wait in the log, to be sent by the dialect that knows the form. A decision's text is the next one's too. */
interface ReportForm {
    DecimalText started(long epochMillis);

    DecimalText decision(Decision decision, ReadingBuffer readings);

    DecimalText alarm(String name, boolean raised, String output, double value, long epochMillis);

    DecimalText drift(DriftReport report);

    DecimalText latency(Snapshot status, long epochMillis, double seconds, Map<String, Long> lost);

    DecimalText stopped(Snapshot status, long epochMillis, double seconds, Map<String, Long> lost, String reason);

    static ReportForm json(ReportText text) {
        return new ReportForm() {
            @Override
            public DecimalText started(long epochMillis) {
                return text.started(epochMillis, false);
            }

            @Override
            public DecimalText decision(Decision decision, ReadingBuffer readings) {
                return text.decision(decision, readings);
            }

            @Override
            public DecimalText alarm(String name, boolean raised, String output, double value, long epochMillis) {
                return text.alarm(name, raised, output, value, epochMillis);
            }

            @Override
            public DecimalText drift(DriftReport report) {
                return text.drift(report);
            }

            @Override
            public DecimalText latency(Snapshot status, long epochMillis, double seconds, Map<String, Long> lost) {
                return text.latency(status, epochMillis, seconds, lost);
            }

            @Override
            public DecimalText stopped(Snapshot status, long epochMillis, double seconds, Map<String, Long> lost, String reason) {
                return text.stopped(status, epochMillis, seconds, lost, reason);
            }
        };
    }
}
