package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/**
 * The float tanh and sigmoid against double precision, over the whole float range in steps of
 * {@code -Dadze.test.stride} bit patterns (docs/arithmetic.md has the figures of stride 1).
 */
class VectorMathTest {
    private static final int STRIDE = Integer.getInteger("adze.test.stride", 997);
    private static final int CHUNK = 1 << 12;

    @Test
    void tanhSigmoidAndGeluStayWithinTheirBoundsAndLanesAgreeWithScalars() {
        double tanhError = 0;
        double tanhRelative = 0;
        double sigmoidError = 0;
        double geluError = 0;
        float[] x = new float[CHUNK];
        float[] lanes = new float[CHUNK];
        for (long start = Integer.MIN_VALUE; start <= Integer.MAX_VALUE; start += (long) CHUNK * STRIDE) {
            for (int i = 0; i < CHUNK; i++) {
                x[i] = Float.intBitsToFloat((int) Math.min(Integer.MAX_VALUE, start + (long) i * STRIDE));
            }
            VectorMath.tanh(x, 0, lanes, 0, CHUNK);
            for (int i = 0; i < CHUNK; i++) {
                float tanh = ScalarMath.tanh(x[i]);
                if (Float.floatToIntBits(tanh) != Float.floatToIntBits(lanes[i])) {
                    throw new AssertionError("tanh(" + x[i] + ") is " + tanh + " alone and " + lanes[i] + " in a lane");
                }
                float sigmoid = ScalarMath.sigmoid(x[i]);
                if (Float.isNaN(x[i])) {
                    assertTrue(Float.isNaN(tanh) && Float.isNaN(sigmoid));
                    continue;
                }
                double exact = Math.tanh(x[i]);
                double error = Math.abs(tanh - exact);
                tanhError = Math.max(tanhError, error);
                if (Math.abs(x[i]) >= Float.MIN_NORMAL) {
                    tanhRelative = Math.max(tanhRelative, error / Math.abs(exact));
                }
                float gelu = ScalarMath.gelu(x[i]);
                double exactGelu = Float.isInfinite(x[i]) ? Math.max(0, x[i]) // infinity times 0 below
                        : x[i] / 2.0 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x[i] + 0.044715 * Math.pow(x[i], 3))));
                geluError = Math.max(geluError, gelu == exactGelu ? 0
                        : Math.abs(gelu - exactGelu) / Math.max(1, Math.abs(x[i])));
                sigmoidError = Math.max(sigmoidError, Math.abs(sigmoid - 1 / (1 + Math.exp(-x[i]))));
            }
        }
        System.out.printf("stride %d: tanh error %.3g, relative %.3g; sigmoid error %.3g; gelu error %.3g%n",
                STRIDE, tanhError, tanhRelative, sigmoidError, geluError);
        assertTrue(geluError <= 3e-7, "gelu error, as a part of |x| above 1, " + geluError);
        assertTrue(tanhError <= 3e-7, "tanh error " + tanhError);
        assertTrue(tanhRelative <= 3e-7, "tanh relative error " + tanhRelative);
        assertTrue(sigmoidError <= 2e-7, "sigmoid error " + sigmoidError);
    }

    @Test
    void limitsAndSmallValuesAreExact() {
        assertEquals(1f, ScalarMath.tanh(Float.POSITIVE_INFINITY));
        assertEquals(-1f, ScalarMath.tanh(Float.NEGATIVE_INFINITY));
        assertEquals(1f, ScalarMath.sigmoid(Float.POSITIVE_INFINITY));
        assertEquals(0f, ScalarMath.sigmoid(Float.NEGATIVE_INFINITY));
        assertEquals(0.5f, ScalarMath.sigmoid(0f));
        assertEquals(0f, ScalarMath.gelu(Float.NEGATIVE_INFINITY));
        assertEquals(Float.POSITIVE_INFINITY, ScalarMath.gelu(Float.POSITIVE_INFINITY));
        assertEquals(0f, ScalarMath.gelu(-6f));
        assertEquals(6f, ScalarMath.gelu(6f));
        for (float x : new float[] {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1e-40f, Float.MIN_NORMAL, 1e-20f}) {
            assertEquals(Float.floatToIntBits(x), Float.floatToIntBits(ScalarMath.tanh(x)), () -> "tanh(" + x + ")");
        }
    }

    @Test
    void tanhNeverLeavesOneAndTheCutOffIsWithinTheBound() {
        // Every float of the last half before the cut-off: the quotient may not round to more than 1.
        for (int bits = Float.floatToIntBits(7.5f); bits <= Float.floatToIntBits(8.2f); bits++) {
            float x = Float.intBitsToFloat(bits);
            float y = ScalarMath.tanh(x);
            assertTrue(y <= 1f && Math.abs(y - Math.tanh(x)) <= 3e-7, () -> "tanh(" + x + ") is " + y);
            assertEquals(-y, ScalarMath.tanh(-x));
        }
    }
}
