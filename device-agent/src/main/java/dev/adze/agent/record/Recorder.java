package dev.adze.agent.record;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sample.Schedule;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorPanel;

/**
 * Samples channels at a fixed rate into a recording.
 *
 * <p>A row's time is the wall clock at the start plus the slot's place in the schedule, so rows are exactly evenly
 * spaced and unmoved by corrections of the wall clock. Missed slots become rows of empty cells.
 */
public final class Recorder {
    private final SensorPanel panel;
    private final RecordingWriter writer;
    private final Schedule schedule;
    private final MonotonicClock clock;
    private final long startNanos;
    private final long startEpochMillis;
    private final long readLimitNanos;
    private final long flushEverySlots;

    /**
     * @param startNanos       when the first row is due, on {@code clock}; {@link SensorPanel#prime} comes before
     * @param startEpochMillis wall clock at {@code startNanos}
     */
    public Recorder(SensorPanel panel, RecordingWriter writer, MonotonicClock clock, long startNanos,
            long startEpochMillis, double rateHz, double flushSeconds) {
        this.panel = panel;
        this.writer = writer;
        this.clock = clock;
        this.schedule = new Schedule(clock, startNanos, rateHz);
        this.startNanos = startNanos;
        this.startEpochMillis = startEpochMillis;
        this.readLimitNanos = Math.round(Math.min(1e9, 0.5e9 / rateHz));
        this.flushEverySlots = Math.max(1, Math.round(flushSeconds * rateHz));
    }

    /** What a recording came to. {@code maxLatenessNanos} is that of the samples taken, from their deadlines. */
    public record Summary(long rows, long missed, long maxLatenessNanos, long sensorTimeouts) {}

    /** Records {@code slots} rows, fewer if stopped. */
    public Summary run(long slots) {
        ReadingBuffer readings = new ReadingBuffer(panel.channels().size());
        long maxLateness = 0;
        long written = 0;
        long nextFlush = flushEverySlots;
        while (written < slots) {
            long slot = schedule.awaitNext();
            if (slot < 0) {
                break;
            }
            for (; written < Math.min(slot, slots); written++) {
                writer.gap(epochMillis(written), readings.size());
            }
            if (slot >= slots) {
                break;
            }
            maxLateness = Math.max(maxLateness, clock.nanoTime() - schedule.dueNanos(slot));
            panel.read(schedule.dueNanos(slot), readLimitNanos, readings);
            writer.row(epochMillis(slot), readings);
            written = slot + 1;
            if (written >= nextFlush) {
                writer.flush();
                nextFlush = written + flushEverySlots;
            }
        }
        return new Summary(written, schedule.missed(), maxLateness, panel.timeouts());
    }

    private long epochMillis(long slot) {
        return startEpochMillis + Math.round((schedule.dueNanos(slot) - startNanos) / 1e6);
    }

    /** Ends {@link #run} after the row in hand; from any thread. */
    public void stop() {
        schedule.stop();
    }
}
