package dev.adze.agent.record;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionSink;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the readings of every decision into a recording, exactly as the model was given them, so that
 * {@code adze-agent replay} makes the same decisions again. Costs the loop a copy; a thread of its own writes.
 */
public final class DecisionRecorder implements DecisionSink, AutoCloseable {
    /** Some seconds of the highest rate: longer than a disk should stall. */
    private static final int ROWS = 4096;
    private static final long FLUSH_ROWS = 256;

    private final RecordingWriter writer;
    private final int channels;
    private final long[] times = new long[ROWS];
    private final float[] values;
    private final Thread thread = new Thread(this::drain, "record");
    private long offered;
    private long written;
    private long dropped;
    private boolean closed;
    private RuntimeException failure;

    public DecisionRecorder(Path file, List<ChannelInfo> channels) {
        this.channels = channels.size();
        values = new float[ROWS * this.channels];
        writer = RecordingWriter.exact(file, channels);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public synchronized void decided(Decision decision, ReadingBuffer readings) {
        if (offered - written == ROWS || failure != null) {
            dropped++;
            return;
        }
        int place = (int) (offered % ROWS);
        times[place] = decision.epochMillis();
        for (int i = 0; i < channels; i++) {
            values[place * channels + i] = (float) readings.value(i); // NaN where there is no value
        }
        offered++;
        notifyAll();
    }

    private void drain() {
        var row = new ReadingBuffer(channels);
        try {
            for (long next = 0; awaitRow(next); next++) {
                int place = (int) (next % ROWS);
                for (int i = 0; i < channels; i++) {
                    float value = values[place * channels + i];
                    if (Float.isFinite(value)) {
                        row.ok(i, value);
                    } else {
                        row.missing(i, "");
                    }
                }
                writer.row(times[place], row);
                if (next % FLUSH_ROWS == FLUSH_ROWS - 1) {
                    writer.flush();
                }
                taken(next + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private synchronized boolean awaitRow(long next) throws InterruptedException {
        while (offered == next && !closed) {
            wait();
        }
        return offered > next;
    }

    private synchronized void taken(long count) {
        written = count;
    }

    private synchronized void failed(RuntimeException e) {
        failure = e;
    }

    /** Decisions that are not in the recording: the disk was full or too slow. */
    public synchronized long dropped() {
        return dropped;
    }

    /** Ends the recording under its own name; one that could not be written is left as it is. */
    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.join();
        try {
            if (failure != null) {
                throw failure;
            }
            writer.finish();
        } finally {
            writer.close();
        }
    }
}
