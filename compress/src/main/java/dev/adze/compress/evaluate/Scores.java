package dev.adze.compress.evaluate;

/** Error figures of predictions against truth, all in the target's unit. */
public final class Scores {
    private Scores() {}

    public static double rmse(double[] predicted, double[] truth) {
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            sum += (predicted[i] - truth[i]) * (predicted[i] - truth[i]);
        }
        return Math.sqrt(sum / truth.length);
    }

    public static double mae(double[] predicted, double[] truth) {
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            sum += Math.abs(predicted[i] - truth[i]);
        }
        return sum / truth.length;
    }

    /**
     * Score of the PHM08 challenge (Saxena et al. 2008, equation 11), a sum over units: exp(-d/13) - 1 for early
     * predictions (d = predicted - truth below 0), exp(d/10) - 1 for late ones. Lower is better.
     */
    public static double phm08(double[] predicted, double[] truth) {
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            double d = predicted[i] - truth[i];
            sum += d < 0 ? Math.expm1(-d / 13) : Math.expm1(d / 10);
        }
        return sum;
    }

    /** Share of predictions equal to the truth, 0 to 1. */
    public static double accuracy(double[] predictedClass, double[] truthClass) {
        int right = 0;
        for (int i = 0; i < truthClass.length; i++) {
            right += predictedClass[i] == truthClass[i] ? 1 : 0;
        }
        return right / (double) truthClass.length;
    }
}
