package dev.adze.runtime.kernel;

/**
 * Quantization of activations into int8 digits (docs/arithmetic.md). A hidden value, |h| <= 1, is one digit of the
 * fixed scale 1/127; a real-valued input vector is two digits a value, {@code x = (128 hi + lo) * s}, with one scale s
 * for all values of a step.
 */
final class Digits {
    /** Largest two-digit integer: 128 * 127. */
    static final float TWO_DIGIT_MAX = 16_256f;
    /** An input vector whose largest magnitude is below this counts as zero: TWO_DIGIT_MAX / m must stay finite. */
    static final float ZERO_BELOW = 0x1p-100f;

    private Digits() {}

    static int ofHidden(float h) {
        // NaN becomes 0 in the conversion; a NaN h is still seen by the fp32 head and in the saved state.
        return (int) Math.clamp((float) Math.rint(h * 127f), -127f, 127f);
    }

    /** A digit from a saved state, where it is a float. */
    static int ofState(float digit) {
        return (int) Math.clamp((float) Math.rint(digit), -127f, 127f);
    }

    /**
     * Splits {@code x[0..n)} into digits {@code hi} in [-127, 127] and {@code lo} in [-64, 63].
     *
     * @return the scale s
     */
    static float split(float[] x, int n, int[] hi, int[] lo) {
        float m = 0;
        for (int k = 0; k < n; k++) {
            m = Math.max(m, Math.abs(x[k]));
        }
        if (m < ZERO_BELOW) {
            java.util.Arrays.fill(hi, 0, n, 0);
            java.util.Arrays.fill(lo, 0, n, 0);
            return 0;
        }
        float inverse = TWO_DIGIT_MAX / m;
        for (int k = 0; k < n; k++) {
            int q = (int) Math.clamp((float) Math.rint(x[k] * inverse), -TWO_DIGIT_MAX, TWO_DIGIT_MAX);
            hi[k] = (q + 64) >> 7;
            lo[k] = q - (hi[k] << 7);
        }
        return m / TWO_DIGIT_MAX;
    }
}
