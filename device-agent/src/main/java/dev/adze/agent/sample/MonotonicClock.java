package dev.adze.agent.sample;

import java.util.concurrent.locks.LockSupport;

/** The monotonic clock and the art of waiting for it; passed in so that tests decide how time goes by. */
public interface MonotonicClock {
    /** Nanoseconds since some fixed moment; never runs backwards, unmoved by changes of the wall clock. */
    long nanoTime();

    /** Waits until about {@code nanoTime}; may return early (a stop was asked for, or no reason at all). */
    void parkUntil(long nanoTime);

    /** The machine's own clock. */
    static MonotonicClock system() {
        return new MonotonicClock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void parkUntil(long nanoTime) {
                long left = nanoTime - System.nanoTime();
                if (left > 0) {
                    LockSupport.parkNanos(left);
                }
            }
        };
    }
}
