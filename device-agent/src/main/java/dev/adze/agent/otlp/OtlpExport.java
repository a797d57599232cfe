package dev.adze.agent.otlp;

import dev.adze.agent.forward.Backoff;
import dev.adze.agent.ledger.AgentStatus;
import dev.adze.agent.report.RunInfo;
import dev.adze.profiles.OtlpOptions;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.function.Supplier;

/**
 * Pushes a run's metrics to a collector on a thread of its own, at its interval and once more at the end; the decision loop
 * only shares its status. What the collector cannot take now is sent again after a pause with jitter, at least as long as
 * the collector asks for, until the next push is due: that one tells more, as all counts are since the start. What it
 * refuses is not sent again.
 */
public final class OtlpExport implements AutoCloseable {
    private static final long LEAST_PAUSE_MILLIS = 1_000;
    private static final long MOST_PAUSE_MILLIS = 60_000;
    private static final long ANSWER_MILLIS = 10_000;
    private static final long CLOSE_MILLIS = 3_000;

    private final OtlpSender sender;
    private final Supplier<byte[]> request;
    private final long intervalNanos;
    private final Backoff backoff;
    private final String collector;
    private final long closeMillis;
    private final PrintStream console;
    private final Thread thread;
    private volatile boolean closing;
    private boolean warned;
    private long pushed;
    private long refused;
    private long overtaken;

    /** Begins to push. A collector that cannot be reached is no error. */
    public static OtlpExport start(OtlpOptions options, AgentStatus status, RunInfo run) {
        var metrics = new OtlpMetrics(run, System.currentTimeMillis());
        var export = new OtlpExport(new OtlpSender(options, ANSWER_MILLIS),
                () -> metrics.request(status.snapshot(), status.drift(), status.serving(), System.currentTimeMillis()), options.interval().toNanos(),
                new Backoff(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS, new SecureRandom()), options.endpoint().toString(), CLOSE_MILLIS,
                System.err);
        export.start();
        return export;
    }

    /**
     * @param collector   for messages
     * @param closeMillis how long the last push may take
     */
    OtlpExport(OtlpSender sender, Supplier<byte[]> request, long intervalNanos, Backoff backoff, String collector, long closeMillis,
            PrintStream console) {
        this.sender = sender;
        this.request = request;
        this.intervalNanos = intervalNanos;
        this.backoff = backoff;
        this.collector = collector;
        this.closeMillis = closeMillis;
        this.console = console;
        thread = Thread.ofPlatform().daemon().name("otlp").unstarted(this::serve);
    }

    void start() {
        thread.start();
    }

    private void serve() {
        try {
            long due = System.nanoTime() + intervalNanos;
            while (!closing) {
                pauseUntil(due);
                due = Math.max(due + intervalNanos, System.nanoTime());
                if (!closing) {
                    due = Math.max(due, push(due));
                }
            }
            last();
        } catch (InterruptedException e) {
            // Closed while the collector kept it waiting.
        }
    }

    /** Until it is settled, or the next is due; returns from when on the collector may be asked again. */
    private long push(long nextDue) throws InterruptedException {
        byte[] body = request.get();
        while (true) {
            switch (sender.send(body)) {
                case OtlpSender.Taken taken -> {
                    took(taken);
                    return nextDue;
                }
                case OtlpSender.Refused refusal -> {
                    refuses(refusal);
                    return nextDue;
                }
                case OtlpSender.Later later -> {
                    warn("metrics wait, as " + collector + " does not take them: " + later.reason());
                    long again = System.nanoTime() + 1_000_000 * Math.max(later.pauseMillis(), backoff.next());
                    if (again - nextDue >= 0) {
                        overtaken++;
                        return again;
                    }
                    pauseUntil(again);
                    if (closing) {
                        return nextDue;
                    }
                }
            }
        }
    }

    /** The end of the run, once. */
    private void last() throws InterruptedException {
        switch (sender.send(request.get())) {
            case OtlpSender.Taken taken -> took(taken);
            case OtlpSender.Refused refusal -> refuses(refusal);
            case OtlpSender.Later later -> {
                warn("the last metrics are lost, as " + collector + " does not take them: " + later.reason());
                overtaken++;
            }
        }
    }

    private void took(OtlpSender.Taken taken) {
        pushed++;
        backoff.reset();
        if (taken.rejectedPoints() > 0) {
            warn(collector + " left out " + taken.rejectedPoints() + " of the metrics' points: " + taken.message());
        } else if (warned) {
            warned = false;
            console.println("adze-agent: " + collector + " takes metrics again");
        }
    }

    private void refuses(OtlpSender.Refused refusal) {
        refused++;
        warn(collector + " refuses metrics, which are dropped: " + refusal.reason());
    }

    /** Once, until things are well again. */
    private void warn(String what) {
        if (!warned) {
            warned = true;
            console.println("adze-agent: warning: " + what);
        }
    }

    private synchronized void pauseUntil(long nanos) throws InterruptedException {
        long left;
        while (!closing && (left = nanos - System.nanoTime()) > 0) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
    }

    /** Pushes once more, for at most some seconds. */
    @Override
    public void close() {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
            notifyAll();
        }
        try {
            thread.join(closeMillis);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(CLOSE_MILLIS);
                console.println("adze-agent: warning: the last metrics may be lost, as " + collector + " has not answered");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.close();
        if (refused + overtaken > 0) {
            console.println("adze-agent: of " + (pushed + refused + overtaken) + " pushes of metrics to " + collector + ", " + refused
                    + " were refused and " + overtaken + " not taken in time");
        }
    }
}
