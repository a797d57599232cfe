package dev.adze.compress.pipeline;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM as a question that long work asks. While the signal is open, the JVM's shutdown waits for the
 * work to keep its checkpoint.
 */
public final class StopSignal implements AutoCloseable {
    /** Longer than a step of the largest teacher on one slow core plus its checkpoint. */
    private static final int GRACE_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().unstarted(this::stopAndWait);
    private volatile boolean requested;

    public StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stopAndWait() {
        requested = true;
        try {
            done.await(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean requested() {
        return requested;
    }

    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ignored) {
            // The JVM is already going down, which is what the hook is for.
        }
    }
}
