package dev.adze.compress.train;

/** Random access to training windows. All windows have the same shape; NaN as a target means "does not count". */
public interface Windows {
    int size();

    /** The window whose first step follows the last one of this, in the same series; -1 if there is none. */
    default int follower(int window) {
        return -1;
    }

    int windowSteps();

    int featureCount();

    int targetCount();

    /**
     * Copies windows {@code indices[0..count)} into {@code features [count, windowSteps, featureCount]} and
     * {@code targets [count, windowSteps, targetCount]}, both row-major and in the network's scaled units.
     */
    void fill(int[] indices, int count, float[] features, float[] targets);
}
