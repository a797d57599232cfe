package dev.adze.runtime.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that help with single steps of one network (adze.h, team.c). Whoever steps is the leader for that step and
 * never waits for a helper to come, only for blocks that one has begun; so threads that are parked or that the system
 * does not run cost nothing.
 *
 * <p>A helper spins for {@value #SPIN_NANOS} ns after a step, for the next one may be near, then parks. Waking a parked
 * one costs the leader some microseconds: it does so if steps are long enough ({@code wakes}), or if the second one
 * comes soon after a first.
 */
final class Team implements AutoCloseable {
    static final long SPIN_NANOS = 50_000;
    /** Steps that begin within this of each other follow each other. */
    private static final long NEAR_NANOS = 1_000_000;
    private static final int SPINS_A_LOOK = 64;
    /** team.c: phase, done, started, shares; each on 128 bytes. */
    private static final long STARTED = 256;
    private static final int ALIGNMENT = 128;
    private static final long CLOSED = -1;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle BUSY;

    static {
        try {
            BUSY = MethodHandles.lookup().findVarHandle(Team.class, "busy", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What to run; one object a runner and kind of run, so that helpers get all of it at once. */
    record Job(MemorySegment plan, MemorySegment state, int layers) {}

    private final MemorySegment memory;
    private final Helper[] helpers;
    private final int members;
    private volatile boolean wakes;
    private boolean busy;
    private Job job;
    private long step;
    private long lastUnwoken;

    /** @param arena owns the shared memory; to be closed after this */
    Team(int members, boolean pinned, boolean wakes, Arena arena) {
        this.members = members;
        this.wakes = wakes;
        memory = arena.allocate(NativeCalls.teamBytes(members), ALIGNMENT);
        helpers = new Helper[members - 1];
        int[] processors = pinned ? NativeCalls.processors() : new int[0];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1, pinned && processors.length > 0 ? processors[(i + 1) % processors.length] : -1);
        }
        for (Helper helper : helpers) {
            helper.thread.start();
        }
    }

    int members() {
        return members;
    }

    void setWakes(boolean wakes) {
        this.wakes = wakes;
    }

    /** Runs the job with what helpers there are; false, and nothing done, if the team is at another's step. */
    boolean run(Job next) {
        if (!BUSY.compareAndSet(this, false, true)) {
            return false;
        }
        try {
            job = next;
            step++;
            LONG.setVolatile(memory, STARTED, step);
            wakeParked();
            NativeCalls.teamLead(next.plan, next.state, memory, members, step, next.layers);
            return true;
        } finally {
            BUSY.setRelease(this, false);
        }
    }

    private void wakeParked() {
        boolean near = wakes;
        boolean looked = near;
        for (Helper helper : helpers) {
            if (helper.parked) {
                if (!looked) {
                    long now = System.nanoTime();
                    near = now - lastUnwoken < NEAR_NANOS;
                    lastUnwoken = now;
                    looked = true;
                }
                if (near) {
                    LockSupport.unpark(helper.thread);
                }
            }
        }
    }

    /** Ends the helpers; a step that runs is finished first. */
    @Override
    public void close() {
        while (!BUSY.compareAndSet(this, false, true)) {
            LockSupport.parkNanos(10_000);
        }
        LONG.setVolatile(memory, STARTED, CLOSED);
        for (Helper helper : helpers) {
            HelperThreads.end(helper.thread);
        }
    }

    private final class Helper implements Runnable {
        private final int member;
        private final int processor;
        private final Thread thread;
        private volatile boolean parked;

        /** @param processor to stay on, or -1 */
        Helper(int member, int processor) {
            this.member = member;
            this.processor = processor;
            thread = Thread.ofPlatform().daemon().name("adze-helper-" + member).unstarted(this);
        }

        @Override
        public void run() {
            if (processor >= 0) {
                NativeCalls.pin(processor); // without it all works as well, if less steadily
            }
            for (long seen = await(0); seen != CLOSED; seen = await(seen)) {
                // At least as new as the step; if newer, that step is over and helping with it does nothing.
                Job now = job;
                NativeCalls.teamHelp(now.plan, now.state, memory, members, seen, now.layers, member);
            }
        }

        /** The newest step once it is another than {@code seen}. */
        private long await(long seen) {
            long giveUp = System.nanoTime() + SPIN_NANOS;
            do {
                for (int i = 0; i < SPINS_A_LOOK; i++) {
                    long now = (long) LONG.getAcquire(memory, STARTED);
                    if (now != seen) {
                        return now;
                    }
                    Thread.onSpinWait();
                }
            } while (System.nanoTime() - giveUp < 0);
            parked = true;
            long now = (long) LONG.getVolatile(memory, STARTED);
            while (now == seen) {
                LockSupport.park(this);
                now = (long) LONG.getVolatile(memory, STARTED);
            }
            parked = false;
            return now;
        }
    }
}
