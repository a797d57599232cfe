package dev.adze.compress.train;

import java.util.List;
import java.util.function.Supplier;

/** Told about progress; called from the training thread. */
public interface TrainingListener {
    void onStep(long step, long totalSteps, double loss, double secondsPerStep);

    void onEpoch(Epoch epoch, boolean best);

    /**
     * After the backward pass, before clipping.
     *
     * @param step  1-based number of the step under way
     * @param norms computed only if asked for, from the gradients as they stand now
     */
    default void onGradients(long step, double loss, double learningRate, Supplier<List<GateNorms.Norm>> norms) {}

    /**
     * After an epoch.
     *
     * @param histograms of the weights and of the last step's gradients, computed only if asked for
     */
    default void onWeights(long step, Supplier<List<GateHistogram>> histograms) {}

    /** Before the first step of a training that goes on from a checkpoint: the epochs that lie behind it. */
    default void onResume(List<Epoch> curve) {}

    /** Asked after every step, and before the first; true ends the run with a checkpoint. */
    boolean stopRequested();
}
