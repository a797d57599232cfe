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
    private volatile Runnable stop;
    private boolean ownsProcess;
    private boolean listening;

    /** This program is the process, and {@link #leave} its end. */
    void ownProcess() {
        ownsProcess = true;
    }

    /** From now on a signal ends the process at once with code 0, as there is nothing yet to be brought to an end. */
    void whilePreparing() {
        if (ownsProcess) {
            listen();
        }
    }

    /** From now on a signal calls {@code stop} (from another thread, once) and then waits for {@link #leave}. */
    void onSignal(Runnable stop) {
        this.stop = stop;
        listen();
    }

    private void listen() {
        if (!listening) {
            listening = true;
            Runtime.getRuntime().addShutdownHook(new Thread(this::signalled, "stop"));
        }
    }

    private void signalled() {
        if (stop == null) {
            Runtime.getRuntime().halt(ended.getCount() == 0 ? exitCode : 0);
        }
        stop.run();
        try {
            if (ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the process with this code, whether or not a signal began the shutdown. */
    void leave(int code) {
        exitCode = code;
        ended.countDown();
        System.exit(code);
    }
}
