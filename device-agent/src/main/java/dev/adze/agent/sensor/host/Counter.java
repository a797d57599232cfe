package dev.adze.agent.sensor.host;

import dev.adze.agent.sensor.ReadingBuffer;

/** A monotonic kernel counter, turned into a rate over the time that really passed between two readings. */
final class Counter {
    static final String FIRST = "first reading of a counter: no difference yet";
    static final String BACKWARDS = "counter ran backwards";

    private long previous;
    private long previousNanos;
    private boolean primed;

    /** Writes {@code unitsPerCount * (count - previous) / seconds}; a negative count means the figure was not found. */
    void rate(long count, long nowNanos, double unitsPerCount, ReadingBuffer out, int channel) {
        if (count < 0) {
            primed = false;
            out.missing(channel, "not reported by this kernel");
            return;
        }
        long delta = count - previous;
        double seconds = (nowNanos - previousNanos) * 1e-9;
        boolean first = !primed;
        previous = count;
        previousNanos = nowNanos;
        primed = true;
        if (first) {
            out.missing(channel, FIRST);
        } else if (delta < 0) {
            out.invalid(channel, BACKWARDS);
        } else if (seconds <= 0) {
            out.missing(channel, "no time passed");
        } else {
            out.ok(channel, unitsPerCount * delta / seconds);
        }
    }

    /** As {@link #rate}, for a time counter that gives a share: at most 100 %. */
    void percent(long count, long nowNanos, double percentPerCount, ReadingBuffer out, int channel) {
        rate(count, nowNanos, percentPerCount, out, channel);
        if (out.isOk(channel) && out.value(channel) > 100) {
            // The kernel's clock and ours are read a moment apart.
            out.ok(channel, 100);
        }
    }
}
