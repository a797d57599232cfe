package dev.adze.compress.train;

/** Learning-rate schedules: a factor of the peak rate for every step. */
public final class LearningRate {
    /** Smith and Topin (2018), with the defaults that PyTorch's OneCycleLR made common. */
    private static final double ONE_CYCLE_RISE = 0.3;
    private static final double ONE_CYCLE_START = 0.04;

    private LearningRate() {}

    /** The factor of {@code step} (0-based) under a recipe's settings. */
    public static double factor(TrainSpec spec, long step, int stepsPerEpoch, long totalSteps) {
        long warmUp = Math.round(spec.warmUpEpochs() * stepsPerEpoch);
        return switch (spec.schedule()) {
            case COSINE -> warmUpCosine(step, warmUp, totalSteps, spec.finalRate());
            case CONSTANT -> step < warmUp ? (step + 1.0) / warmUp : 1;
            case CYCLIC -> step < warmUp ? (step + 1.0) / warmUp
                    : triangle(step - warmUp, Math.max(2, Math.round(spec.cycleEpochs() * stepsPerEpoch)), spec.finalRate());
            case ONE_CYCLE -> oneCycle(step, totalSteps, spec.finalRate());
        };
    }

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
        return cosine(1, floor, (step - warmUpSteps) / (double) Math.max(1, totalSteps - warmUpSteps));
    }

    /** Down from 1 to {@code floor} and back within {@code period} steps, again and again (Smith 2017). */
    static double triangle(long step, long period, double floor) {
        double phase = step % period / (double) period;
        return floor + (1 - floor) * Math.abs(1 - 2 * phase);
    }

    /** Up to the peak over the first 30 % of the run, then down to {@code floor}, both along half a cosine. */
    static double oneCycle(long step, long totalSteps, double floor) {
        double rise = ONE_CYCLE_RISE * Math.max(1, totalSteps - 1);
        return step < rise ? cosine(ONE_CYCLE_START, 1, step / rise)
                : cosine(1, floor, (step - rise) / Math.max(1e-9, totalSteps - 1 - rise));
    }

    private static double cosine(double from, double to, double progress) {
        return to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
    }
}
