package dev.adze.compress.train;

/** Told about progress; called from the training thread. */
public interface TrainingListener {
    void onStep(long step, long totalSteps, double loss, double secondsPerStep);

    void onEpoch(Epoch epoch, boolean best);

    /** Asked after every step; true ends the run with a checkpoint. */
    boolean stopRequested();
}
