package dev.adze.agent.sample;

/**
 * Absolute deadlines {@code start + slot * period}, slot = 0, 1, 2, ...: sampling never drifts, and a late sample
 * does not shift those after it. A slot whose deadline is more than half a period ago is missed, counted and left
 * out; samples are therefore never bunched (any two lie at least half a period apart). Not thread-safe, except that
 * {@link #stop} may be called from any thread.
 */
public final class Schedule {
    private final MonotonicClock clock;
    private final long startNanos;
    private final double periodNanos;
    private volatile Thread waiter;
    private volatile boolean stopped;
    private long slot = -1;
    private long missed;

    /**
     * @param startNanos when slot 0 is due, on {@code clock}
     * @param rateHz     slots a second, above 0 and at most 1,000
     */
    public Schedule(MonotonicClock clock, long startNanos, double rateHz) {
        if (!(rateHz > 0 && rateHz <= 1000)) {
            throw new IllegalArgumentException("rate " + rateHz + " Hz");
        }
        this.clock = clock;
        this.startNanos = startNanos;
        this.periodNanos = 1e9 / rateHz;
    }

    /**
     * Waits for the next slot that can be kept and returns its number, or -1 after {@link #stop}. Numbers left out
     * between two returns are the missed slots.
     */
    public long awaitNext() {
        waiter = Thread.currentThread();
        long next = slot + 1;
        while (!stopped) {
            long now = clock.nanoTime();
            long late = now - dueNanos(next);
            if (late < 0) {
                clock.parkUntil(dueNanos(next));
            } else if (late <= periodNanos / 2) {
                missed += next - slot - 1;
                slot = next;
                return slot;
            } else {
                next = Math.max(next + 1, (long) Math.ceil((now - startNanos - periodNanos / 2) / periodNanos));
            }
        }
        return -1;
    }

    /** When a slot is due. Computed from the slot's number, so that a period that is no whole number cannot drift. */
    public long dueNanos(long slot) {
        return startNanos + Math.round(slot * periodNanos);
    }

    /** Slots missed so far, up to the last one returned. */
    public long missed() {
        return missed;
    }

    /** Makes {@link #awaitNext} return -1, now and from now on. */
    public void stop() {
        stopped = true;
        Thread t = waiter;
        if (t != null) {
            java.util.concurrent.locks.LockSupport.unpark(t);
        }
    }

    public boolean isStopped() {
        return stopped;
    }
}
