package dev.adze.agent.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM, SIGINT and SIGHUP into an orderly end: the command is asked to stop, ends in its own way (final
 * report, whole files), and the process leaves with the command's own exit code, 0 for a clean stop, instead of
 * 128 + signal.
 */
final class StopSignal {
    /** A command that has not ended by then is cut off; its files are made to stand that. */
    private static final long GRACE_SECONDS = 20;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int exitCode = 1;

    /** From now on a signal calls {@code stop} (from another thread, once) and then waits for {@link #leave}. */
    void onSignal(Runnable stop) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.run();
            try {
                if (ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    Runtime.getRuntime().halt(exitCode);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "stop"));
    }

    /** Ends the process with this code, whether or not a signal began the shutdown. */
    void leave(int code) {
        exitCode = code;
        ended.countDown();
        System.exit(code);
    }
}
