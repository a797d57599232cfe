package dev.adze.runtime.kernel;

import dev.adze.runtime.model.LstmVariant;

/** Layer normalisation without gain and bias, its sums in 16 lanes (docs/arithmetic.md). */
final class LayerNorm {
    private static final int LANES = 16;

    private LayerNorm() {}

    /**
     * {@code x[i] = (x[i] - mean) / sqrt(variance + epsilon)} for i below {@code n}.
     *
     * @param lanes scratch, {@code [16]}
     */
    static void apply(float[] x, int n, float[] lanes) {
        java.util.Arrays.fill(lanes, 0);
        for (int i = 0; i < n; i++) {
            lanes[i % LANES] += x[i];
        }
        float mean = sum(lanes) / n;
        java.util.Arrays.fill(lanes, 0);
        for (int i = 0; i < n; i++) {
            float d = x[i] - mean;
            x[i] = d;
            lanes[i % LANES] = Math.fma(d, d, lanes[i % LANES]);
        }
        float variance = sum(lanes) / n;
        float factor = 1f / (float) Math.sqrt(variance + LstmVariant.EPSILON);
        for (int i = 0; i < n; i++) {
            x[i] *= factor;
        }
    }

    private static float sum(float[] lanes) {
        float sum = lanes[0];
        for (int lane = 1; lane < LANES; lane++) {
            sum += lanes[lane];
        }
        return sum;
    }
}
