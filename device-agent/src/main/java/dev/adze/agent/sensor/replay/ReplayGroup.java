package dev.adze.agent.sensor.replay;

import dev.adze.agent.record.RecordingReader;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import java.nio.file.Path;
import java.util.List;

/**
 * A recording in the place of sensors, played back at its own pace: the first instant asked for gives the first row,
 * and an instant so many milliseconds later gives the newest row not after that. Which row a sample gets depends on
 * when it is due, not on when it is read, so a run can be repeated exactly. A row holds for twice the recording's
 * step; in longer gaps, and after the end, all channels are missing.
 */
public final class ReplayGroup implements SensorGroup {
    private final Path path;
    private final RecordingReader reader;
    private ReadingBuffer current;
    private ReadingBuffer next;
    private long currentMillis;
    private long nextMillis;
    private boolean hasNext;
    private boolean started;
    private long originNanos;
    private long originMillis;
    private long holdMillis;

    /** Opens the recording and reads its first rows; throws if it is none. */
    public ReplayGroup(Path path) {
        this.path = path;
        reader = new RecordingReader(path);
        current = new ReadingBuffer(reader.channels().size());
        next = new ReadingBuffer(reader.channels().size());
        advance();
        if (!hasNext) {
            close();
            throw new dev.adze.runtime.AdzeException(dev.adze.runtime.AdzeException.Kind.BAD_DATA,
                    path + " has no rows to replay");
        }
        advance();
        originMillis = currentMillis;
        holdMillis = hasNext ? Math.max(1, 2 * (nextMillis - currentMillis)) : 1000;
    }

    private void advance() {
        ReadingBuffer free = current;
        current = next;
        currentMillis = nextMillis;
        next = free;
        hasNext = reader.next(next);
        nextMillis = reader.timeMillis();
    }

    @Override
    public String name() {
        return "replay:" + path;
    }

    @Override
    public List<ChannelInfo> channels() {
        return reader.channels();
    }

    @Override
    public void read(long dueNanos, ReadingBuffer out) {
        if (dueNanos == PRIMING) {
            out.missAll("no row is due yet");
            return;
        }
        if (!started) {
            started = true;
            originNanos = dueNanos;
        }
        long target = originMillis + Math.round((dueNanos - originNanos) / 1e6);
        while (hasNext && nextMillis <= target) {
            advance();
        }
        if (target - currentMillis >= holdMillis) {
            out.missAll(hasNext ? "a gap in the recording" : "the recording has ended");
            return;
        }
        for (int i = 0; i < current.size(); i++) {
            out.copy(current, i, i);
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
