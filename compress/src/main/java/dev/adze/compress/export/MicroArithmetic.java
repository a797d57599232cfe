package dev.adze.compress.export;

/**
 * The integer arithmetic of TensorFlow Lite Micro's reference kernels: fixed-point multipliers (Jacob et al. 2018, section
 * 2.2), sigmoid and tanh of int16 by a table of 256 knots with linear interpolation.
 */
final class MicroArithmetic {
    private static final int KNOTS = 256;
    /** A knot every 1/24. */
    private static final int[] SIGMOID = table();

    private MicroArithmetic() {}

    /** A positive real number as {@code value * 2^(shift - 31)}, value in [2^30, 2^31). */
    record Multiplier(int value, int shift) {
        static Multiplier of(double real) {
            int shift = Math.getExponent(real) + 1;
            long value = (long) Math.floor(Math.scalb(real, 31 - shift) + 0.5);
            if (value == 1L << 31) {
                value /= 2;
                shift++;
            }
            return shift < -31 ? new Multiplier(0, 0) : new Multiplier((int) value, shift);
        }

        /** Rounded twice: the high half of the doubled product, then the shift, both half away from zero. */
        int times(int x) {
            long product = (long) (x << Math.max(shift, 0)) * value;
            int high = (int) ((product + (product >= 0 ? 1L << 30 : 1 - (1L << 30))) / (1L << 31));
            int right = Math.max(-shift, 0);
            int mask = (int) ((1L << right) - 1);
            int threshold = (mask >> 1) + (high < 0 ? 1 : 0);
            return (high >> right) + ((high & mask) > threshold ? 1 : 0);
        }

        /** For accumulators of 64 bits: the multiplier's upper 15 bits alone, rounded once. */
        int times(long x) {
            long reduced = value < 0x7FFF0000 ? value + (1 << 15) >> 16 : 0x7FFF;
            int right = 15 - shift;
            return (int) (x * reduced + (1L << right - 1) >> right);
        }
    }

    static int saturated(int value) {
        return Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    /** Of Q3.12, as Q0.15. */
    static int sigmoid(int x) {
        int scaled = x * 3; // three quarters of the range's sixteenth: knots of 1/24 lie 512 apart
        int magnitude = Math.abs(scaled);
        int knot = magnitude >> 9;
        int result = knot >= KNOTS - 1 ? 0x7FFF << 10
                : (SIGMOID[knot] << 9) + (magnitude & 0x1FF) * (SIGMOID[knot + 1] - SIGMOID[knot]);
        return (scaled >= 0 ? result + (1 << 9) : (1 << 25) - result + (1 << 9) - 1) >>> 10;
    }

    /** Of a number of scale {@code 2^exponent}, as Q0.15: 2 sigmoid(2 x) - 1. */
    static int tanh(int x, int exponent) {
        int left = exponent + 12;
        int scaled = left >= 0 ? x * (3 << left) : x * 3 + (1 << -left - 1) >> -left;
        int magnitude = Math.abs(scaled);
        int knot = magnitude >> 8;
        int result = knot >= KNOTS - 1 ? 0xFFFF << 8
                : (SIGMOID[knot] << 8) + (magnitude & 0xFF) * (SIGMOID[knot + 1] - SIGMOID[knot]);
        return (scaled >= 0 ? result - (1 << 23) + (1 << 7) : -result + (1 << 23) + (1 << 7) - 1) >> 8;
    }

    /** sigmoid(i / 24) in 16 bits, raised by half of what a chord to the next knot stays below the curve at its middle. */
    private static int[] table() {
        int[] table = new int[KNOTS];
        for (int i = 0; i < KNOTS; i++) {
            double chord = (curve(i) + curve(i + 1)) / 2;
            table[i] = (int) Math.round(curve(i) + (curve(i + 0.5) - chord) / 2);
        }
        table[KNOTS - 1] = 0xFFFF; // what saturation goes to
        return table;
    }

    private static double curve(double knot) {
        return 65536 / (1 + Math.exp(-knot / 24));
    }
}
