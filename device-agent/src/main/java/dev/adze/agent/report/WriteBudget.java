package dev.adze.agent.report;

import java.util.function.LongSupplier;

/**
 * How much may be written: a token bucket that is full at the start with a quarter of an hour's bytes and fills by three
 * quarters an hour, so that no hour has more. Thread-safe; allocates nothing.
 */
final class WriteBudget {
    private static final double HOUR_NANOS = 3.6e12;

    private final double bytesPerHour;
    private final double most;
    private final LongSupplier nanoClock;
    private double left;
    private long filledNanos;

    /** @param bytesPerHour 0 for no bound */
    WriteBudget(long bytesPerHour, LongSupplier nanoClock) {
        this.bytesPerHour = bytesPerHour;
        this.most = bytesPerHour / 4.0;
        this.left = most;
        this.nanoClock = nanoClock;
        this.filledNanos = nanoClock.getAsLong();
    }

    boolean affords(int bytes) {
        return leaves(bytes, 0);
    }

    /** For what comes often: leaves the last quarter of the bucket to the rest. */
    boolean leavesAQuarter(int bytes) {
        return leaves(bytes, most / 4);
    }

    private synchronized boolean leaves(int bytes, double reserve) {
        if (bytesPerHour == 0) {
            return true;
        }
        long now = nanoClock.getAsLong();
        left = Math.min(most, left + 0.75 * bytesPerHour * ((now - filledNanos) / HOUR_NANOS));
        filledNanos = now;
        return left - bytes >= reserve;
    }

    /** What is written; more than is left makes what comes wait. */
    synchronized void spend(int bytes) {
        left -= bytes;
    }
}
