package dev.adze.agent.state;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.StateKeeper;
import dev.adze.profiles.Profile.AfterGap;
import dev.adze.runtime.session.ModelSession;
import dev.adze.runtime.session.SessionState;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** Keeps a model's memory over restarts: saves it every so often and at the end, and goes on from it at the start. */
public final class SessionMemory implements StateKeeper, AutoCloseable {
    private final CheckpointStore store;
    private final CheckpointWriter writer;
    private final byte[] bundle;
    private final long intervalMillis;
    private long savedMillis = Long.MIN_VALUE;

    /**
     * @param bundle         SHA-256 of the bundle's file: the memory of another one is never taken
     * @param intervalMillis between two savings
     * @param where          for the warning when the disk fails
     */
    public SessionMemory(StateFiles files, byte[] bundle, long intervalMillis, String where) {
        store = new CheckpointStore(files);
        writer = new CheckpointWriter(store, where);
        this.bundle = bundle.clone();
        this.intervalMillis = intervalMillis;
    }

    /**
     * What became of the memory at the start.
     *
     * @param missedSteps between the memory's newest step and the first of this run; 0 if there is no memory
     * @param samples     that the earlier run kept to be replayed, the newest last
     * @param note        for the console
     */
    public record Restored(boolean restored, long missedSteps, float[] samples, String note) {}

    /**
     * Puts the kept memory into a fresh session, if it is this bundle's and its time fits.
     *
     * @param startEpochMillis when the first step is due
     */
    public Restored restore(ModelSession session, long startEpochMillis, double periodMillis, int windowSteps, AfterGap afterGap)
            throws IOException {
        Optional<Checkpoint> kept = store.load();
        if (kept.isEmpty()) {
            return afresh("no memory of an earlier run");
        }
        Checkpoint checkpoint = kept.get();
        if (!Arrays.equals(checkpoint.bundle(), bundle)) {
            return afresh("the memory is another bundle's");
        }
        double steps = (startEpochMillis - checkpoint.epochMillis()) / periodMillis;
        if (steps < -0.5) {
            return afresh("the memory is of the future: the clock was set back");
        }
        long missed = Math.max(0, Math.round(steps) - 1);
        if (afterGap == AfterGap.RESET && missed > 0 || afterGap == AfterGap.BRIDGE && missed >= windowSteps) {
            return afresh("the memory is " + missed + " steps old");
        }
        try {
            session.restoreState(checkpoint.session());
        } catch (IllegalArgumentException e) {
            return afresh("the memory does not fit the model");
        }
        return new Restored(true, afterGap == AfterGap.HOLD ? 0 : missed, checkpoint.samples(), "goes on from the memory of an earlier run, "
                + checkpoint.session().stepsSeen() + " steps long, " + missed + " steps missed since");
    }

    private static Restored afresh(String why) {
        return new Restored(false, 0, new float[0], why + ": begins afresh");
    }

    @Override
    public boolean wants(Decision decision) {
        // The schedule's own wall clock never runs backwards.
        return savedMillis == Long.MIN_VALUE || decision.epochMillis() - savedMillis >= intervalMillis;
    }

    @Override
    public void keep(long epochMillis, SessionState state, float[] samples) {
        savedMillis = epochMillis;
        writer.offer(new Checkpoint(bundle, epochMillis, state, samples));
    }

    /** Waits, for at most some seconds, until what was kept last is on the disk. */
    @Override
    public void close() throws InterruptedException {
        writer.close();
    }
}
