package dev.adze.runtime.kernel;

import java.util.concurrent.locks.LockSupport;

/** How threads that work on a network beside its caller come to their end. */
public final class HelperThreads {
    private HelperThreads() {}

    /** Wakes a thread that was told to end and waits for it; an interrupt of the caller is kept for later. */
    public static void end(Thread thread) {
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
