package dev.adze.runtime.kernel;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that run a window's layers as a wavefront: a layer's next few steps may run as soon as the layer before has done
 * them, while it goes on. Whoever has a window run takes part and needs nobody: helpers that come late, or never, cost only
 * what they would have done. One window at a time.
 */
final class WindowCrew implements AutoCloseable {
    /** What is run: stretches of steps of layers, those of one layer in order. */
    interface Work {
        void run(int layer, int stretch);
    }

    private static final long SPIN_NANOS = 30_000;
    private static final int MAX_LAYERS = 256;
    /** Longs that keep the layers' words on cache lines of their own. */
    private static final int APART = 16;
    /** A layer's word: generation, stretches done, and in the lowest bit whether the next one is being run. */
    private static final int COUNT_BITS = 24;
    private static final long CLOSED = -1;

    private final AtomicLongArray words = new AtomicLongArray(MAX_LAYERS * APART);
    private final Helper[] helpers;
    private final java.util.concurrent.atomic.AtomicBoolean busy = new java.util.concurrent.atomic.AtomicBoolean();
    private volatile Work work;
    private volatile int layers;
    private volatile int stretches;
    /** Even: of the window that the fields above tell of; odd: they are being changed. */
    private volatile long generation;

    /** @param members the caller included */
    WindowCrew(int members) {
        helpers = new Helper[members - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1);
        }
        for (Helper helper : helpers) {
            helper.thread.start();
        }
    }

    /** Runs all stretches of all layers; false, and nothing done, if the crew is at another's window or cannot take it. */
    boolean run(Work next, int layerCount, int stretchCount) {
        if (layerCount < 2 || stretchCount < 2 || layerCount > MAX_LAYERS || stretchCount >= 1 << COUNT_BITS - 1
                || !busy.compareAndSet(false, true)) {
            return false;
        }
        try {
            long current = generation + 2;
            generation = current - 1;
            work = next;
            layers = layerCount;
            stretches = stretchCount;
            for (int layer = 0; layer < layerCount; layer++) {
                words.set(layer * APART, word(current, 0));
            }
            generation = current;
            for (Helper helper : helpers) {
                if (helper.parked) {
                    LockSupport.unpark(helper.thread);
                }
            }
            take(current);
            for (int layer = 0; layer < layerCount; layer++) { // what helpers have begun
                while (words.get(layer * APART) != word(current, stretchCount)) {
                    Thread.onSpinWait();
                }
            }
            return true;
        } finally {
            busy.set(false);
        }
    }

    private static long word(long generation, int done) {
        return generation << COUNT_BITS | (long) done << 1;
    }

    /** Runs what can be run, the last layers first, until the generation's last stretch is done or it is another's turn. */
    private void take(long current) {
        Work what = work;
        int layerCount = layers;
        int count = stretches;
        if (generation != current) {
            return; // counts of one window must not meet the words of another
        }
        long over = word(current, count);
        while (true) {
            long last = words.get((layerCount - 1) * APART);
            if (last == over || last >>> COUNT_BITS != current) {
                return;
            }
            boolean ran = false;
            for (int layer = layerCount - 1; layer >= 0 && !ran; layer--) {
                ran = tryNext(what, layer, current, over);
            }
            if (!ran) {
                Thread.onSpinWait();
            }
        }
    }

    private boolean tryNext(Work what, int layer, long current, long over) {
        long now = words.get(layer * APART);
        if (now >= over || now >>> COUNT_BITS != current || (now & 1) != 0
                || layer > 0 && (words.get((layer - 1) * APART) | 1) - 1 <= now
                || !words.compareAndSet(layer * APART, now, now | 1)) {
            return false;
        }
        what.run(layer, (int) (now & (1L << COUNT_BITS) - 1) >>> 1);
        words.set(layer * APART, now + 2);
        return true;
    }

    /** Ends the helpers; a window that runs is finished first. */
    @Override
    public void close() {
        while (!busy.compareAndSet(false, true)) {
            LockSupport.parkNanos(10_000);
        }
        generation = CLOSED;
        for (Helper helper : helpers) {
            HelperThreads.end(helper.thread);
        }
    }

    private final class Helper implements Runnable {
        private final Thread thread;
        private volatile boolean parked;

        Helper(int member) {
            thread = Thread.ofPlatform().daemon().name("adze-window-" + member).unstarted(this);
        }

        @Override
        public void run() {
            for (long seen = await(0); seen != CLOSED; seen = await(seen)) {
                if ((seen & 1) == 0) {
                    take(seen);
                }
            }
        }

        private long await(long seen) {
            long giveUp = System.nanoTime() + SPIN_NANOS;
            do {
                if (generation != seen) {
                    return generation;
                }
                Thread.onSpinWait();
            } while (System.nanoTime() - giveUp < 0);
            parked = true;
            while (generation == seen) {
                LockSupport.park(this);
            }
            parked = false;
            return generation;
        }
    }
}
