package dev.adze.agent.report;

import dev.adze.agent.decide.DecisionSink;
import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.ledger.AgentStatus.Snapshot;

/** A way for the reports of a run to go. Decisions and alarms come on the loop's thread, the rest on others. */
public interface RunReport extends DecisionSink, AutoCloseable {
    /** The head of a run; {@code epochMillis} is when its first sample is due. */
    void started(long epochMillis);

    /** An alarm was raised or cleared; {@code value} is what it watches. */
    void alarm(String name, boolean raised, String output, double value, long epochMillis);

    /** How far a stretch of decisions lay from what the model was trained on; on the loop's thread. */
    void drift(DriftReport report);

    /** Counters and latencies so far. */
    void latency(Snapshot status, long epochMillis, double seconds);

    /** The end of a run: as {@link #latency}, with the reason. */
    void stopped(Snapshot status, long epochMillis, double seconds, String reason);

    /** Lets what is underway arrive, for at most some seconds. */
    @Override
    void close();
}
