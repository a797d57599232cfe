package dev.adze.agent.report;

import dev.adze.agent.ledger.AgentStatus;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Prints interim reports from a thread of its own, so that a console that does not take them (a stopped terminal, a
 * full pipe) holds up nothing but itself; and the final one.
 */
public final class Reporter {
    /** Interval of the latency reports when the console has none. */
    private static final long DEFAULT_INTERVAL_MILLIS = 10_000;

    private final AgentStatus status;
    private final ConsoleReport console;
    private final List<RunReport> reports;
    private final LongSupplier nanoClock;
    private final LongSupplier epochClock;
    private final long startNanos;
    private final long intervalMillis;
    private final long patienceMillis;
    private final boolean quiet;
    private final Thread thread;
    private boolean stopped;

    /**
     * @param consoleMillis  between two console reports; 0 for none but the last
     * @param patienceMillis how long {@link #finish} waits, twice, for a console that takes nothing
     */
    public Reporter(AgentStatus status, ConsoleReport console, List<RunReport> reports, long consoleMillis,
            long patienceMillis, LongSupplier nanoClock, LongSupplier epochClock) {
        this.status = status;
        this.console = console;
        this.reports = List.copyOf(reports);
        this.nanoClock = nanoClock;
        this.epochClock = epochClock;
        this.startNanos = nanoClock.getAsLong();
        this.patienceMillis = patienceMillis;
        this.quiet = consoleMillis == 0;
        this.intervalMillis = quiet ? DEFAULT_INTERVAL_MILLIS : consoleMillis;
        thread = new Thread(this::repeat, "report");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void repeat() {
        try {
            while (awaitInterval()) {
                var now = status.snapshot();
                reports.forEach(r -> r.latency(now, epochClock.getAsLong(), seconds()));
                if (!quiet) {
                    console.interim(now, seconds());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean awaitInterval() throws InterruptedException {
        long due = nanoClock.getAsLong() + intervalMillis * 1_000_000;
        long left;
        while (!stopped && (left = due - nanoClock.getAsLong()) > 0) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return !stopped;
    }

    private double seconds() {
        return (nanoClock.getAsLong() - startNanos) / 1e9;
    }

    /** The last report, on the file and the console; a console that does not take it is left after some seconds. */
    public void finish(String reason) throws InterruptedException {
        synchronized (this) {
            stopped = true;
            notifyAll();
        }
        var last = status.snapshot();
        double seconds = seconds();
        reports.forEach(r -> r.stopped(last, epochClock.getAsLong(), seconds, reason));
        reports.forEach(RunReport::close);
        thread.join(patienceMillis);
        var closing = new Thread(() -> console.stopped(last, seconds, reason), "report-last");
        closing.setDaemon(true);
        closing.start();
        closing.join(patienceMillis);
    }
}
