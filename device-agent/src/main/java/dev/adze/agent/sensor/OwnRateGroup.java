package dev.adze.agent.sensor;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sample.Schedule;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * A group read at a rate of its own, on a thread of its own: a sample takes the newest values and never waits for the
 * device. For devices that are slower than the model's step, or whose readings cost much. Values older than two of its
 * periods are missing: a device that hangs shows within that time.
 */
public final class OwnRateGroup implements SensorGroup {
    private static final int MOST_PERIODS = 2;

    private final SensorGroup group;
    private final MonotonicClock clock;
    private final double rateHz;
    private final long mostAgeNanos;
    private final String tooOld;
    private final ReadingBuffer latest;
    private long readNanos;
    private boolean any;
    private Schedule schedule;
    private boolean closed;

    /** @param group read from here on by this one alone, which closes it */
    public OwnRateGroup(SensorGroup group, double rateHz, MonotonicClock clock) {
        this.group = group;
        this.clock = clock;
        this.rateHz = rateHz;
        mostAgeNanos = Math.round(MOST_PERIODS * 1e9 / rateHz);
        tooOld = String.format(Locale.ROOT, "no answer for %.3g s", MOST_PERIODS / rateHz);
        latest = new ReadingBuffer(group.channels().size());
    }

    @Override
    public String name() {
        return group.name();
    }

    @Override
    public List<ChannelInfo> channels() {
        return group.channels();
    }

    @Override
    public void want(BitSet channels) {
        group.want(channels);
    }

    @Override
    public synchronized void read(long dueNanos, ReadingBuffer out) {
        if (schedule == null && !closed) {
            schedule = new Schedule(clock, clock.nanoTime(), rateHz);
            Thread.ofPlatform().daemon().name("own-rate-" + group.name()).start(this::serve);
        }
        if (!any) {
            out.missAll("not read yet");
        } else if (clock.nanoTime() - readNanos > mostAgeNanos) {
            out.missAll(tooOld);
        } else {
            for (int i = 0; i < latest.size(); i++) {
                out.copy(latest, i, i);
            }
        }
    }

    private void serve() {
        var fresh = new ReadingBuffer(group.channels().size());
        for (long slot = schedule.awaitNext(); slot >= 0; slot = schedule.awaitNext()) {
            try {
                group.read(schedule.dueNanos(slot), fresh);
            } catch (RuntimeException | Error e) {
                // As in a group that is read at every sample: a driver's fault must not end the agent.
                fresh.missAll("the driver failed: " + e);
            }
            synchronized (this) {
                for (int i = 0; i < fresh.size(); i++) {
                    latest.copy(fresh, i, i);
                }
                readNanos = clock.nanoTime();
                any = true;
            }
        }
        group.close();
    }

    /** Lets the thread end and close its group once it is free; a stuck thread ends with the process. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            if (schedule == null) {
                group.close();
            } else {
                schedule.stop();
            }
        }
    }
}
