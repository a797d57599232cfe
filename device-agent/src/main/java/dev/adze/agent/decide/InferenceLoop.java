package dev.adze.agent.decide;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sample.Schedule;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorPanel;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.session.ModelSession;

/**
 * Sample, read, preprocess, infer, report, for ever: one decision a slot of the schedule. Runs on the thread that made
 * the session and allocates nothing from the second slot on.
 *
 * <p>What becomes of the model's memory after missed slots is its {@link GapPolicy}'s. Usually the model is given steps
 * without values in their place, which the preprocessor fills in, so that time goes on for it as it did in training; when
 * the gap is as long as its window, it starts afresh instead.
 */
public final class InferenceLoop {
    private final MonotonicClock clock;
    private final Schedule schedule;
    private final SensorPanel panel;
    private final ModelSession session;
    private final TaskSpec task;
    private final DecisionSink sink;
    private final DecisionLog log;
    private final GapFilling gaps;
    private final StateKeeper keeper;
    private long missedBefore;
    private final long readLimitNanos;
    private final long startNanos;
    private final long startEpochMillis;
    private final float[] raw;
    private final Decision decision;
    private final ReadingBuffer readings;

    /**
     * @param startNanos       when the first sample is due, on {@code clock}
     * @param startEpochMillis wall clock at {@code startNanos}
     * @param readLimitNanos   how long a sample waits for its sensors
     */
    public InferenceLoop(MonotonicClock clock, long startNanos, long startEpochMillis, double rateHz, SensorPanel panel,
            long readLimitNanos, ModelSession session, TaskSpec task, DecisionSink sink, DecisionLog log, GapPolicy gapPolicy,
            StateKeeper keeper) {
        this.clock = clock;
        this.schedule = new Schedule(clock, startNanos, rateHz);
        this.startNanos = startNanos;
        this.startEpochMillis = startEpochMillis;
        this.panel = panel;
        this.readLimitNanos = readLimitNanos;
        this.session = session;
        this.task = task;
        this.sink = sink;
        this.log = log;
        gaps = new GapFilling(gapPolicy, session, task, panel.channels().size());
        this.keeper = keeper;
        raw = new float[panel.channels().size()];
        readings = new ReadingBuffer(raw.length);
        decision = new Decision(task.reported().size());
    }

    /**
     * Tells of an earlier run that the session remembers.
     *
     * @param missedSteps between its last step and the first of this run
     * @param samples     the newest that it kept to be replayed, the newest last, {@code [steps, channels]}; empty for none
     */
    public void resumes(long missedSteps, float[] samples) {
        missedBefore = missedSteps;
        gaps.keep(samples);
    }

    /** Runs until {@link #stop}, or over slots 0 to {@code slots - 1}. */
    public void run(long slots) {
        long previous = -1;
        while (previous < slots - 1) {
            long slot = schedule.awaitNext();
            if (slot < 0 || slot >= slots) {
                break;
            }
            gaps.bridge(slot - previous - 1 + (previous < 0 ? missedBefore : 0));
            decide(slot);
            previous = slot;
            if (keeper.wants(decision)) {
                keeper.keep(decision.epochMillis, session.saveState(), gaps.samples());
            }
        }
        if (previous >= 0 && keeper != StateKeeper.NONE) {
            keeper.keep(decision.epochMillis, session.saveState(), gaps.samples());
        }
    }

    private void decide(long slot) {
        Stamps stamps = decision.stamps;
        stamps.scheduled = schedule.dueNanos(slot);
        stamps.readStart = clock.nanoTime();
        panel.read(stamps.scheduled, readLimitNanos, readings);
        stamps.readEnd = clock.nanoTime();
        int unread = 0;
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (float) readings.value(i);
            unread += readings.isOk(i) ? 0 : 1;
        }
        session.preprocess(raw);
        gaps.sampled(raw);
        stamps.preprocessed = clock.nanoTime();
        session.infer(decision.outputs);
        if (task.anomaly().isPresent()) {
            decision.outputs[decision.outputs.length - 1] = (float) session.anomalyScore();
        }
        stamps.inferred = clock.nanoTime();
        decision.slot = slot;
        decision.epochMillis = startEpochMillis + Math.round((stamps.scheduled - startNanos) / 1e6);
        decision.warm = session.warm();
        decision.unreadChannels = unread;
        sink.decided(decision, readings);
        stamps.delivered = clock.nanoTime();
        log.delivered(decision, readings, schedule.missed(), panel.timeouts(), panel.quarantinedCount());
    }

    /** Ends {@link #run} after the decision in hand; from any thread. */
    public void stop() {
        schedule.stop();
    }
}
