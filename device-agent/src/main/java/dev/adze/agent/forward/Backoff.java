package dev.adze.agent.forward;

import java.util.random.RandomGenerator;

/**
 * Pauses between attempts with decorrelated jitter: each is drawn between the least pause and three times the one before,
 * up to the most (M. Brooker, "Exponential Backoff and Jitter", 2015), so that a fleet that lost its broker does not come
 * back all at once. Not thread-safe.
 */
public final class Backoff {
    private final long leastMillis;
    private final long mostMillis;
    private final RandomGenerator random;
    private long pause;

    public Backoff(long leastMillis, long mostMillis, RandomGenerator random) {
        if (leastMillis < 1 || mostMillis < leastMillis) {
            throw new IllegalArgumentException(leastMillis + " to " + mostMillis + " ms");
        }
        this.leastMillis = leastMillis;
        this.mostMillis = mostMillis;
        this.random = random;
        this.pause = leastMillis;
    }

    /** The next pause, in milliseconds. */
    public long next() {
        pause = Math.min(mostMillis, random.nextLong(leastMillis, 3 * pause + 1));
        return pause;
    }

    /** Things have gone well for long enough. */
    public void reset() {
        pause = leastMillis;
    }
}
