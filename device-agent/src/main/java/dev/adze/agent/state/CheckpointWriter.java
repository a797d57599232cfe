package dev.adze.agent.state;

import java.io.IOException;

/**
 * Saves checkpoints on a thread of its own, so that a slow disk holds up no decision. While one is being written, only
 * the newest of those that come in waits. A disk that is full or gone costs checkpoints, one warning, and never the run.
 */
public final class CheckpointWriter implements AutoCloseable {
    private static final long CLOSE_MILLIS = 5_000;

    private final CheckpointStore store;
    private final String where;
    private final Thread thread;
    private Checkpoint waiting;
    private boolean closed;
    private boolean warned;

    /** @param where for the warning */
    public CheckpointWriter(CheckpointStore store, String where) {
        this.store = store;
        this.where = where;
        thread = Thread.ofPlatform().daemon().name("checkpoint").start(this::serve);
    }

    /** Takes it over; returns at once. */
    public synchronized void offer(Checkpoint checkpoint) {
        waiting = checkpoint;
        notifyAll();
    }

    private void serve() {
        try {
            Checkpoint next;
            while ((next = take()) != null) {
                save(next);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Checkpoint take() throws InterruptedException {
        while (waiting == null && !closed) {
            wait();
        }
        Checkpoint taken = waiting;
        waiting = null;
        return taken;
    }

    private void save(Checkpoint checkpoint) {
        try {
            store.save(checkpoint);
            warned = false;
        } catch (IOException e) {
            if (!warned) {
                warned = true;
                System.err.println("adze-agent: warning: the model's memory cannot be kept in " + where + ": "
                        + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()) + "; a restart begins afresh until it can");
            }
        }
    }

    /** Saves the one that waits, for at most some seconds. */
    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.join(CLOSE_MILLIS);
    }
}
