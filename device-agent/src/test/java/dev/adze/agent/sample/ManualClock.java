package dev.adze.agent.sample;

import java.util.ArrayDeque;
import java.util.Deque;

/** Time that stands still but for {@link #advance} and waiting; a wait may be told to overshoot, or to end early. */
public final class ManualClock implements MonotonicClock {
    private final Deque<Long> overshoots = new ArrayDeque<>();
    private long now;

    public ManualClock(long now) {
        this.now = now;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void parkUntil(long nanoTime) {
        Long overshoot = overshoots.poll();
        long target = nanoTime + (overshoot == null ? 0 : overshoot);
        if (target - now > 0) {
            now = target;
        }
    }

    public void advance(long nanos) {
        now += nanos;
    }

    /** The next wait without one of its own ends so many nanoseconds after (before, if negative) what was asked. */
    public void overshootNextBy(long nanos) {
        overshoots.add(nanos);
    }
}
