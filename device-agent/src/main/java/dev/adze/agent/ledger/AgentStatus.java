package dev.adze.agent.ledger;

import dev.adze.agent.board.BoardState;
import dev.adze.agent.board.BoardWatch;
import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionLog;
import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Everything that is known about a run: the loop writes it after every decision, reports take snapshots from other
 * threads. The loop's side allocates nothing; a snapshot holds it up for the time of copying the histograms.
 */
public final class AgentStatus implements DecisionLog, BoardWatch.Observer {
    private final LatencyLedger ledger = new LatencyLedger();
    /** Held while a snapshot is made: the ledger captures one at a time. */
    private final Object snapshots = new Object();
    private final ReadingBuffer readings;
    private final float[] outputs;
    private long decisions;
    private long missedSlots;
    private long sensorTimeouts;
    private int quarantinedGroups;
    private long okReadings;
    private long invalidReadings;
    private long missingReadings;
    private long epochMillis;
    private boolean warm;
    private int unreadChannels;
    private volatile DriftReport drift;
    private volatile Supplier<ServingCounts> serving;

    public AgentStatus(int channels, int outputs) {
        readings = new ReadingBuffer(channels);
        this.outputs = new float[outputs];
    }

    /**
     * A run at one moment.
     *
     * @param decisions         made so far
     * @param missedSlots       samples that could not be taken in time and were left out
     * @param sensorTimeouts    readings of a sensor group that did not come in time
     * @param quarantinedGroups groups whose last reading did not come in time
     * @param epochMillis       when the last decision was due
     * @param warm              whether the last decision's model had seen enough steps
     * @param unreadChannels    channels of the last decision that had to be filled in
     * @param outputs           of the last decision, in physical units
     * @param channels          readings of the last decision, with the reason where there is no value
     * @param stages            latencies, in the order of {@link Stage}
     * @param slowest           what part of the slowest hundredth each stage took; empty from too few decisions
     * @param states            latency of the whole way by the state of the board
     */
    public record Snapshot(
            long decisions,
            long missedSlots,
            long sensorTimeouts,
            int quarantinedGroups,
            long okReadings,
            long invalidReadings,
            long missingReadings,
            long epochMillis,
            boolean warm,
            int unreadChannels,
            float[] outputs,
            List<Reading> channels,
            List<StageFigures> stages,
            Optional<Slowest> slowest,
            List<StateFigures> states) {
        private Snapshot with(LatencyLedger ledger) {
            return new Snapshot(decisions, missedSlots, sensorTimeouts, quarantinedGroups, okReadings, invalidReadings,
                    missingReadings, epochMillis, warm, unreadChannels, outputs, channels, ledger.captured(),
                    Optional.ofNullable(ledger.capturedSlowest()), ledger.capturedStates());
        }
    }

    @Override
    public synchronized void delivered(
            Decision decision, ReadingBuffer latest, long missed, long timeouts, int quarantined) {
        ledger.record(decision.stamps());
        decisions++;
        missedSlots = missed;
        sensorTimeouts = timeouts;
        quarantinedGroups = quarantined;
        epochMillis = decision.epochMillis();
        warm = decision.warm();
        unreadChannels = decision.unreadChannels();
        System.arraycopy(decision.outputs(), 0, outputs, 0, outputs.length);
        for (int i = 0; i < readings.size(); i++) {
            readings.copy(latest, i, i);
            if (latest.isOk(i)) {
                okReadings++;
            } else if (latest.isInvalid(i)) {
                invalidReadings++;
            } else {
                missingReadings++;
            }
        }
    }

    /** What the board is like now; {@code nanos} is when it was seen, on the clock of the decisions' stamps. */
    @Override
    public synchronized void board(BoardState state, long nanos) {
        ledger.board(state, nanos);
    }

    /** Takes the newest report on drift. */
    public void drift(DriftReport report) {
        drift = report;
    }

    /** Of the last stretch that is over; empty before, and for bundles without a baseline. */
    public Optional<DriftReport> drift() {
        return Optional.ofNullable(drift);
    }

    /** Where to ask for the counts of requests, once other programs are served. */
    public void serving(Supplier<ServingCounts> counts) {
        serving = counts;
    }

    /** Requests of other programs; empty where none are served. */
    public Optional<ServingCounts> serving() {
        return Optional.ofNullable(serving).map(Supplier::get);
    }

    public Snapshot snapshot() {
        var channels = new ArrayList<Reading>();
        synchronized (snapshots) {
            Snapshot now;
            synchronized (this) {
                for (int i = 0; i < readings.size(); i++) {
                    channels.add(readings.get(i));
                }
                ledger.capture();
                now = new Snapshot(decisions, missedSlots, sensorTimeouts, quarantinedGroups, okReadings, invalidReadings,
                        missingReadings, epochMillis, warm, unreadChannels, outputs.clone(), channels, List.of(), Optional.empty(), List.of());
            }
            return now.with(ledger);
        }
    }
}
