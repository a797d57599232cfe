package dev.adze.agent.sensor;

import java.util.concurrent.locks.LockSupport;

/**
 * Reads one group on a daemon platform thread of its own, so that a device that hangs stops nobody else. There is one
 * thread a group for good: a thread stuck in the kernel cannot be freed, and another one would only get stuck too.
 * (Virtual threads will not do: two of them stuck in a file read stop a two-core scheduler.)
 *
 * <p>A reading that is not there in time quarantines the group: it is asked again once the stuck reading has come
 * back, at once after the first miss, then after 10 ms, 40 ms, 160 ms, ... up to 60 s: one that was late because the machine was
 * busy is soon back, one that is always late soon costs nothing. All methods but the thread's own are for
 * one caller thread.
 */
final class GroupReader implements AutoCloseable {
    private static final long FIRST_BACK_OFF_NANOS = 10_000_000L;
    private static final long MOST_BACK_OFF_NANOS = 60_000_000_000L;

    private final SensorGroup group;
    private final ReadingBuffer buffer;
    private final Thread thread;
    /** Written before {@link #requested}, which publishes it. */
    private long dueNanos;
    private volatile long requested;
    private volatile long completed;
    private volatile Thread caller;
    private volatile boolean closed;
    private long asked;
    private boolean answered;
    private long misses;
    private int missesInARow;
    private long retryNanos;

    GroupReader(SensorGroup group) {
        this.group = group;
        buffer = new ReadingBuffer(group.channels().size());
        thread = new Thread(this::serve, "sensor-" + group.name());
        thread.setDaemon(true);
        thread.start();
    }

    private void serve() {
        long done = 0;
        while (!closed) {
            if (requested == done) {
                LockSupport.park(this);
                continue;
            }
            done = requested;
            try {
                group.read(dueNanos, buffer);
            } catch (RuntimeException | Error e) {
                // A driver's fault must not end the agent; the channels say that there is one.
                buffer.missAll("the driver failed: " + e);
            }
            completed = done;
            LockSupport.unpark(caller);
        }
        group.close();
    }

    /** Asks for a reading, unless the last one has not come back or the back-off runs. */
    void request(long dueNanos, long nowNanos) {
        asked = 0;
        answered = false;
        if (completed != requested || missesInARow > 1 && nowNanos - retryNanos < 0) {
            return;
        }
        caller = Thread.currentThread();
        this.dueNanos = dueNanos;
        asked = requested + 1;
        requested = asked;
        LockSupport.unpark(thread);
    }

    /** Whether there is nothing (more) to wait for. */
    boolean isSettled() {
        return asked == 0 || completed == asked;
    }

    /** Whether there was an answer when the wait ended: then {@link #buffer} holds it until the next request. */
    boolean hasReading() {
        return answered;
    }

    /** To be called once after the wait for a request is over: keeps the books on time-outs. */
    void settle(long nowNanos) {
        answered = asked != 0 && completed == asked;
        if (answered) {
            missesInARow = 0;
        } else if (asked != 0) {
            misses++;
            missesInARow++;
            // Four times the one before.
            long backOff = FIRST_BACK_OFF_NANOS << 2 * Math.clamp(missesInARow - 2, 0, 7);
            retryNanos = nowNanos + Math.min(backOff, MOST_BACK_OFF_NANOS);
        }
    }

    boolean isQuarantined() {
        return missesInARow > 0;
    }

    /** Readings that did not come in time, so far. */
    long misses() {
        return misses;
    }

    ReadingBuffer buffer() {
        return buffer;
    }

    SensorGroup group() {
        return group;
    }

    /** Lets the thread end and close its group once it is free; a stuck thread ends with the process. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
