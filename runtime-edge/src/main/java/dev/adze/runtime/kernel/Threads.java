package dev.adze.runtime.kernel;

import dev.adze.runtime.AdzeException;

/**
 * How many threads may compute one step of a network. Its bits do not depend on them.
 *
 * @param most     the caller's thread included, 1 to {@value #MOST}
 * @param measured whether loading measures how many of them pay, and takes no more; otherwise all take part
 * @param pinned   whether each helping thread is kept on one processor; the caller's is {@linkplain #pinCaller its own
 *                 affair}
 */
public record Threads(int most, boolean measured, boolean pinned) {
    public static final int MOST = 256;

    /** @throws AdzeException USAGE if {@code most} is out of range */
    public Threads {
        if (most < 1 || most > MOST) {
            throw new AdzeException(AdzeException.Kind.USAGE, most + " threads; give 1 to " + MOST);
        }
    }

    public static Threads one() {
        return new Threads(1, false, false);
    }

    /** As many as make a step faster, measured when a network is loaded. */
    public static Threads upTo(int most) {
        return new Threads(most, true, false);
    }

    /** So many whether it pays or not. */
    public static Threads exactly(int count) {
        return new Threads(count, false, false);
    }

    /** With each helper on a processor of its own, the first of those that this process may use left to the caller. */
    public Threads onOwnProcessors() {
        return new Threads(most, measured, true);
    }

    /**
     * Keeps the calling thread on the first processor that it may use, which helpers leave free.
     *
     * @throws AdzeException UNAVAILABLE without the native library or where the system refuses
     */
    public static void pinCaller() {
        int[] processors = NativeLibrary.obstacle() == null ? NativeCalls.processors() : new int[0];
        if (processors.length == 0 || !NativeCalls.pin(processors[0])) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "this system does not let threads be pinned; do not ask for it");
        }
    }
}
