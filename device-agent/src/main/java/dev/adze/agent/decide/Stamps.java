package dev.adze.agent.decide;

/**
 * The six moments of one decision on the monotonic clock, in nanoseconds. Reused from sample to sample.
 * They rise in the order of the fields, but for {@link #readStart}, which is never before {@link #scheduled}.
 */
public final class Stamps {
    /** When the sample was due: the schedule's own instant, whatever really happened (open loop). */
    public long scheduled;
    public long readStart;
    public long readEnd;
    /** Features ready for the network. */
    public long preprocessed;
    public long inferred;
    /** Handed over to every report. */
    public long delivered;
}
