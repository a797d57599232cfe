package dev.adze.agent.forward;

import dev.adze.agent.text.DecimalText;
import java.io.IOException;
import java.util.List;

/**
 * Puts reports into a log from a thread of its own, gathered, so that the disk is synced once for many. A disk that is
 * full or gone costs reports, which are counted, and one warning, but never the run.
 */
public final class ForwardWriter implements AutoCloseable {
    /** Some minutes of decisions at 10 Hz. */
    private static final int QUEUE_BYTES = 1 << 18;
    private static final long IDLE_MILLIS = 1_000;
    private static final long CLOSE_MILLIS = 5_000;

    private final ForwardLog log;
    private final long gatherMillis;
    private final String where;
    private final ForwardQueue queue = new ForwardQueue(QUEUE_BYTES);
    private final Thread thread;
    private long warnedOf;
    private boolean failing;

    /**
     * @param gatherMillis how long a report waits for others, to be synced with them
     * @param where        for the warning
     */
    public ForwardWriter(ForwardLog log, long gatherMillis, String where) {
        this.log = log;
        this.gatherMillis = gatherMillis;
        this.where = where;
        thread = Thread.ofPlatform().daemon().name("forward-log").start(this::serve);
    }

    /** Takes over the text, which is empty afterwards; from any thread, without waiting or allocating. */
    public void offer(byte kind, long epochMillis, DecimalText text) {
        queue.offer(kind, epochMillis, text);
    }

    private void serve() {
        try {
            boolean last;
            do {
                queue.await(IDLE_MILLIS, gatherMillis);
                last = queue.isClosed();
                store(queue.take());
            } while (!last);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void store(List<Report> reports) {
        String problem = null;
        long dropped = queue.takeDropped();
        if (dropped > 0) {
            log.skip(dropped);
        }
        if (!reports.isEmpty()) {
            log.append(reports);
        } else {
            try {
                log.save();
            } catch (IOException e) {
                problem = e.getMessage();
            }
        }
        long lost = log.status().unstored();
        if (problem != null || lost > warnedOf) {
            if (!failing) {
                System.err.println("adze-agent: warning: " + (lost == warnedOf ? "what was delivered" : (lost - warnedOf) + " reports")
                        + " cannot be kept in " + where + (problem == null ? "" : ": " + problem)
                        + "; the receiver is told of every gap");
            }
            failing = true;
            warnedOf = lost;
        } else if (!reports.isEmpty()) {
            failing = false;
        }
    }

    /** Stores what waits, for at most some seconds. */
    @Override
    public void close() throws InterruptedException {
        queue.close();
        thread.join(CLOSE_MILLIS);
    }
}
