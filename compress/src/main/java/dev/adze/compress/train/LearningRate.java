package dev.adze.compress.train;

/** Learning-rate schedules: a factor of the peak rate for every step. */
public final class LearningRate {
    private LearningRate() {}

    /**
     * Linear warm-up from 0, then half a cosine down to {@code floor} (Loshchilov and Hutter 2017, without restarts).
     *
     * @param step        0-based
     * @param warmUpSteps length of the rise; the peak is reached at its end
     * @param totalSteps  length of the whole run
     * @param floor       last factor, [0, 1]
     */
    public static double warmUpCosine(long step, long warmUpSteps, long totalSteps, double floor) {
        if (step < warmUpSteps) {
            return (step + 1.0) / warmUpSteps;
        }
        double progress = Math.min(1, (step - warmUpSteps) / (double) Math.max(1, totalSteps - warmUpSteps));
        return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
}
