package dev.adze.agent.board;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.sysfs.ThrottleSensors;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks once a second at a board's clock and temperatures, on a daemon thread of its own: finding the sensors too may hang on a
 * board that is ill, and then nobody is told anything, which is not the same as being told that all is well.
 */
public final class BoardWatch implements AutoCloseable {
    private static final long PERIOD_NANOS = 1_000_000_000L;

    private final Thread thread;
    private volatile boolean closed;

    /** Takes what was seen, and when on the watch's clock. */
    public interface Observer {
        void board(BoardState state, long nanos);
    }

    private BoardWatch(Path sysRoot, MonotonicClock clock, Observer observer) {
        thread = new Thread(() -> watch(sysRoot, clock, observer), "board-state");
        thread.setDaemon(true);
    }

    /** @param sysRoot {@code /sys}, or a tree like it */
    public static BoardWatch start(Path sysRoot, MonotonicClock clock, Observer observer) {
        var watch = new BoardWatch(sysRoot, clock, observer);
        watch.thread.start();
        return watch;
    }

    private void watch(Path sysRoot, MonotonicClock clock, Observer observer) {
        try (ThrottleSensors sensors = ThrottleSensors.open(sysRoot, clock)) {
            while (!closed && sensors.exist()) {
                long now = clock.nanoTime();
                observer.board(sensors.read(), now);
                while (!closed && clock.nanoTime() - now < PERIOD_NANOS) {
                    clock.parkUntil(now + PERIOD_NANOS);
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
