package dev.adze.agent.replay;

import dev.adze.agent.record.RecordingReader;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.nio.file.Path;
import java.util.List;

/**
 * A recording in the place of a device's sensors and of its clock, so that a run can be made again as fast as it
 * computes. Each row is the sample of the slot that its time names, counted from the first row's; a slot without a row
 * is one that was missed, and time passes over it as it did then.
 */
public final class RecordedSamples implements SensorGroup, MonotonicClock {
    /** So much of a period after its instant a slot is too late to be taken (see Schedule). */
    private static final double TOO_LATE = 0.75;

    private final Path path;
    private final RecordingReader reader;
    private final double rateHz;
    private final long originMillis;
    private ReadingBuffer row;
    private long rowSlot;
    private boolean ended;
    private long now;
    private Runnable atEnd = () -> {};

    /** @param rateHz samples a second of the run that is made again */
    public RecordedSamples(Path path, double rateHz) {
        this.path = path;
        this.rateHz = rateHz;
        reader = new RecordingReader(path);
        row = new ReadingBuffer(reader.channels().size());
        if (!reader.next(row)) {
            reader.close();
            throw new AdzeException(Kind.BAD_DATA, path + " has no rows to replay");
        }
        originMillis = reader.timeMillis();
    }

    /** Wall clock of slot 0, which is due at 0 on this clock. */
    public long originMillis() {
        return originMillis;
    }

    /** What to do, on the loop's thread, when there are no more rows. */
    public void atEnd(Runnable action) {
        atEnd = action;
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    /** Time jumps to the slot's instant if it has a row, and past it if it has none. */
    @Override
    public synchronized void parkUntil(long nanoTime) {
        if (ended) {
            atEnd.run();
            return;
        }
        boolean sampled = slot(nanoTime) == rowSlot;
        now = nanoTime + (sampled ? 0 : Math.round(TOO_LATE * 1e9 / rateHz));
    }

    private long slot(long nanoTime) {
        return Math.round(nanoTime * rateHz / 1e9);
    }

    @Override
    public String name() {
        return "recording:" + path;
    }

    @Override
    public List<ChannelInfo> channels() {
        return reader.channels();
    }

    @Override
    public synchronized void read(long dueNanos, ReadingBuffer out) {
        if (ended || slot(dueNanos) != rowSlot) {
            out.missAll("no row of that time in the recording");
            return;
        }
        for (int i = 0; i < row.size(); i++) {
            out.copy(row, i, i);
        }
        advance();
    }

    private void advance() {
        long before = rowSlot;
        try {
            ended = !reader.next(row);
        } catch (AdzeException e) {
            // On the group's own thread: told by the replay's, which else would wait for this reading for ever.
            ended = true;
            failure = e;
            return;
        }
        rowSlot = Math.round((reader.timeMillis() - originMillis) * rateHz / 1e3);
        if (!ended && rowSlot <= before) {
            long millis = reader.timeMillis();
            ended = true;
            failure = new AdzeException(Kind.BAD_DATA, path + ": the row of time " + millis + " ms is less than a period after the"
                    + " one before it at " + rateHz + " Hz; give the recording's own rate with --rate");
        }
    }

    private AdzeException failure;

    /** @throws AdzeException BAD_DATA if the recording could not be followed to its end */
    public synchronized void requireWhole() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
