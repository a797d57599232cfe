package dev.adze.runtime.kernel;

/**
 * Float sigmoid, tanh and exp with a fixed order of correctly rounded operations (docs/arithmetic.md).
 *
 * <p>tanh(x) = x P(y)/Q(y), y = x*x, P and Q of degree 4 with P(0) = Q(0) = 1, from a rational minimax fit of the
 * relative error over |x| <= 8 (src/test/scripts/fit_tanh.py); beyond {@link #TANH_LIMIT} it is 1 or -1 exactly.
 * Over all floats |error| <= 3e-7, and the relative error is no larger. sigmoid(x) = 0.5 + 0.5 tanh(x/2), with an
 * absolute error of at most 2e-7. NaN gives NaN; infinities give the exact limits; a denormal's tanh is itself.
 */
final class ScalarMath {
    /** Below the first float whose quotient rounds to more than 1 (8.10798264); 1 - tanh(8.1) is 1.84e-7. */
    static final float TANH_LIMIT = 8.1f;

    static final float P1 = 0x1.1363eep-3f;
    static final float P2 = 0x1.d47e0cp-9f;
    static final float P3 = 0x1.7013cep-16f;
    static final float P4 = 0x1.06b8eep-26f;
    static final float Q1 = 0x1.df074ap-2f;
    static final float Q2 = 0x1.acd914p-6f;
    static final float Q3 = 0x1.6629fcp-12f;
    static final float Q4 = 0x1.cae696p-21f;

    /** Where exp(x) is still a normal number. */
    static final float EXP_ZERO_BELOW = -87f;
    static final float LOG2_E = 0x1.715476p0f;
    /** ln 2 as the sum of two floats. */
    static final float LN2_HIGH = 0x1.62e43p-1f;
    static final float LN2_LOW = -0x1.05c61p-29f;

    /** sqrt(2/pi), and 0.044715 times it. */
    static final float GELU_LINEAR = 0x1.988454p-1f;
    static final float GELU_CUBIC = 0x1.2444f2p-5f;

    private ScalarMath() {}

    static float tanh(float x) {
        float y = x * x;
        float p = Math.fma(P4, y, P3);
        p = Math.fma(p, y, P2);
        p = Math.fma(p, y, P1);
        p = Math.fma(p, y, 1f);
        float q = Math.fma(Q4, y, Q3);
        q = Math.fma(q, y, Q2);
        q = Math.fma(q, y, Q1);
        q = Math.fma(q, y, 1f);
        float r = (x * p) / q;
        r = x > TANH_LIMIT ? 1f : r;
        return x < -TANH_LIMIT ? -1f : r;
    }

    static float sigmoid(float x) {
        return Math.fma(0.5f, tanh(0.5f * x), 0.5f);
    }

    /**
     * The tanh form of GELU (Hendrycks and Gimpel 2016): x/2 (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3), with an absolute
     * error of at most 3e-7 max(1, |x|). Where tanh is -1 it is 0, at minus infinity too.
     */
    static float gelu(float x) {
        float half = 0.5f * x;
        float u = x * Math.fma(GELU_CUBIC, x * x, GELU_LINEAR);
        float y = Math.fma(half, tanh(u), half);
        return u < -TANH_LIMIT ? 0f : y;
    }

    /**
     * exp(x) for x <= 0, as attention weights need it: with n = rint(x / ln 2) the Taylor polynomial of degree 7 of
     * exp(x - n ln 2), times 2^n. Below -87 it is 0. The relative error is at most 2e-7.
     */
    static float exp(float x) {
        if (x < EXP_ZERO_BELOW) {
            return 0f;
        }
        float n = (float) Math.rint(x * LOG2_E);
        float r = Math.fma(-n, LN2_HIGH, x);
        r = Math.fma(-n, LN2_LOW, r);
        float p = Math.fma(1 / 5040f, r, 1 / 720f);
        p = Math.fma(p, r, 1 / 120f);
        p = Math.fma(p, r, 1 / 24f);
        p = Math.fma(p, r, 1 / 6f);
        p = Math.fma(p, r, 0.5f);
        p = Math.fma(p, r, 1f);
        p = Math.fma(p, r, 1f);
        return p * Float.intBitsToFloat((int) n + 127 << 23);
    }
}
