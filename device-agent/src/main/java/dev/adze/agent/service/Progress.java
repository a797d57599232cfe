package dev.adze.agent.service;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionLog;
import dev.adze.agent.sensor.ReadingBuffer;
import java.util.Map;

/**
 * Tells systemd that the agent is ready once it has decided for the first time, and feeds its watchdog by every further
 * decision, on the loop's own thread: a loop that stands still feeds nothing, whatever other threads do. Messages go at
 * most four times in a watchdog's time; where decisions are rarer than that, with each, and systemd is asked for three of
 * their periods.
 */
public final class Progress implements DecisionLog {
    private static final int FEEDINGS = 4;
    private static final int PERIODS = 3;

    /** Where messages go; {@link SdNotify} but in tests. */
    public interface Manager {
        void send(String state);

        void alive();
    }

    private final DecisionLog books;
    private final Manager manager;
    private final String ready;
    private final long intervalNanos;
    private boolean started;
    private long fedNanos;

    /**
     * @param books         is told first
     * @param environment   systemd's {@code WATCHDOG_USEC}, and {@code WATCHDOG_PID} if it is meant for one process
     * @param pid           of this process
     * @param periodNanos   between two decisions
     * @param what          runs, for {@code systemctl status}
     */
    public Progress(DecisionLog books, Manager manager, Map<String, String> environment, long pid, long periodNanos, String what) {
        this.books = books;
        this.manager = manager;
        long watchdogNanos = watchdogNanos(environment, pid);
        long wanted = PERIODS * periodNanos;
        intervalNanos = watchdogNanos / FEEDINGS;
        ready = "READY=1\nSTATUS=" + what + (watchdogNanos > 0 && wanted > watchdogNanos ? "\nWATCHDOG_USEC=" + wanted / 1000 : "");
    }

    private static long watchdogNanos(Map<String, String> environment, long pid) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        String meant = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
        return micros.matches("[0-9]{1,15}") && meant.equals(Long.toString(pid)) ? 1000 * Long.parseLong(micros) : 0;
    }

    @Override
    public void delivered(Decision decision, ReadingBuffer readings, long missedSlots, long sensorTimeouts, int quarantinedGroups) {
        books.delivered(decision, readings, missedSlots, sensorTimeouts, quarantinedGroups);
        long now = decision.stamps().delivered;
        if (!started) {
            started = true;
            fedNanos = now;
            manager.send(ready);
        } else if (intervalNanos > 0 && now - fedNanos >= intervalNanos) {
            fedNanos = now;
            manager.alive();
        }
    }
}
