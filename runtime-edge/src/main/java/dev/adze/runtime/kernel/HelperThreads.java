package dev.adze.runtime.kernel;

import java.util.concurrent.locks.LockSupport;

/** How the threads that share a network's work come to their end. */
final class HelperThreads {
    private HelperThreads() {}

    /** Wakes a thread that was told to end and waits for it; an interrupt of the caller is kept for later. */
    static void end(Thread thread) {
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
