package dev.adze.runtime.preprocess;

/**
 * Turns raw sensor values into the network's input, one time step at a time. Causal: a step never looks ahead, so
 * training and device see the same numbers, bit for bit. Not thread-safe; {@link #apply} allocates nothing.
 *
 * <p>For channel k at step t, all in double precision:
 * <pre>
 *   v = raw, or its fill-in if raw is NaN            s = clip((v - center) / scale)
 *   m = s at the first step, else m + max(alpha, 1/(t+1)) * (s - m)
 * </pre>
 * The growing weight of the first steps makes the average of a young series the plain mean. Features are rounded to
 * float once, at the end, in the order: scaled values, then the averages of the first alpha, of the second, ...,
 * then the validity mask.
 */
public final class Preprocessor {
    private final PreprocessSpec spec;
    private final int channels;
    private final double[] center;
    private final double[] scale;
    private final double[] alphas;
    private final double[] lastValid;
    private final int[] stepsSinceValid;
    private final double[] averages;
    private long step;

    public Preprocessor(PreprocessSpec spec) {
        this.spec = spec;
        channels = spec.channels().size();
        center = spec.channels().stream().mapToDouble(ChannelSpec::center).toArray();
        scale = spec.channels().stream().mapToDouble(ChannelSpec::scale).toArray();
        alphas = spec.emaAlphas().stream().mapToDouble(Double::doubleValue).toArray();
        lastValid = new double[channels];
        stepsSinceValid = new int[channels];
        averages = new double[channels * alphas.length];
        reset();
    }

    /** Forgets everything seen: the next step is the first of a new series. */
    public void reset() {
        java.util.Arrays.fill(stepsSinceValid, Integer.MAX_VALUE);
        java.util.Arrays.fill(averages, 0);
        step = 0;
    }

    /** A copy of everything that the next step depends on. */
    public PreprocessorState saveState() {
        return new PreprocessorState(step, lastValid, stepsSinceValid, averages);
    }

    /** @throws IllegalArgumentException if the state is of another number of channels or averages */
    public void restoreState(PreprocessorState state) {
        state.copyTo(lastValid, stepsSinceValid, averages);
        step = state.step();
    }

    /**
     * @param raw      {@code [channels]} in the channels' units; NaN or infinite means missing
     * @param features receives {@code [featureCount]}
     */
    public void apply(float[] raw, float[] features) {
        apply(raw, 0, features, 0);
    }

    public void apply(float[] raw, int rawOffset, float[] features, int featureOffset) {
        int maskOffset = featureOffset + channels * (1 + alphas.length);
        double youngWeight = 1.0 / (step + 1);
        for (int k = 0; k < channels; k++) {
            double v = raw[rawOffset + k];
            boolean valid = Double.isFinite(v);
            if (valid) {
                lastValid[k] = v;
                stepsSinceValid[k] = 0;
            } else if (stepsSinceValid[k] < spec.forwardFillSteps()) {
                stepsSinceValid[k]++;
                v = lastValid[k];
            } else {
                stepsSinceValid[k] = Integer.MAX_VALUE;
                v = center[k];
            }
            double s = Math.clamp((v - center[k]) / scale[k], -spec.clip(), spec.clip());
            features[featureOffset + k] = (float) s;
            for (int a = 0; a < alphas.length; a++) {
                int slot = a * channels + k;
                averages[slot] += Math.max(alphas[a], youngWeight) * (s - averages[slot]);
                features[featureOffset + channels + slot] = (float) averages[slot];
            }
            if (spec.validityMask()) {
                features[maskOffset + k] = valid ? 1 : 0;
            }
        }
        step++;
    }
}
