package dev.adze.runtime.preprocess;

import java.util.Arrays;

/**
 * What a {@link Preprocessor} has seen, to be kept over a restart; copies are taken.
 *
 * @param step            steps taken in
 * @param lastValid       {@code [channels]} in the channels' units
 * @param stepsSinceValid {@code [channels]}
 * @param averages        {@code [alphas * channels]}
 */
public record PreprocessorState(long step, double[] lastValid, int[] stepsSinceValid, double[] averages) {
    public PreprocessorState {
        lastValid = lastValid.clone();
        stepsSinceValid = stepsSinceValid.clone();
        averages = averages.clone();
    }

    void copyTo(double[] intoLastValid, int[] intoStepsSinceValid, double[] intoAverages) {
        if (lastValid.length != intoLastValid.length || stepsSinceValid.length != intoStepsSinceValid.length
                || averages.length != intoAverages.length || step < 0) {
            throw new IllegalArgumentException("a state of " + lastValid.length + " channels and " + averages.length
                    + " averages, but there are " + intoLastValid.length + " and " + intoAverages.length);
        }
        System.arraycopy(lastValid, 0, intoLastValid, 0, lastValid.length);
        System.arraycopy(stepsSinceValid, 0, intoStepsSinceValid, 0, stepsSinceValid.length);
        System.arraycopy(averages, 0, intoAverages, 0, averages.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PreprocessorState(long s, double[] l, int[] n, double[] a) && step == s
                && Arrays.equals(lastValid, l) && Arrays.equals(stepsSinceValid, n) && Arrays.equals(averages, a);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(step) + 31 * (Arrays.hashCode(lastValid) + 31 * (Arrays.hashCode(stepsSinceValid) + 31 * Arrays.hashCode(averages)));
    }
}
