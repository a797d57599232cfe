package dev.adze.runtime.kernel;

/**
 * What flows from one layer to the next within a step; the producing layer overwrites it at every step.
 */
final class Signal {
    /** fp32 values; at least {@link #size} long, padding is zero. */
    final float[] values;
    final int size;
    /** One digit a value, if the producer gives hidden values of an int8 network (see {@link Digits}); otherwise null. */
    final int[] digits;
    /** {@link #digits} in the vector kernel's order; null in the scalar kernel. */
    final DigitPairs pairs;

    Signal(int size, float[] values, int[] digits, DigitPairs pairs) {
        this.size = size;
        this.values = values;
        this.digits = digits;
        this.pairs = pairs;
    }

    /** A real-valued signal without digits. */
    static Signal ofValues(int size, int capacity) {
        return new Signal(size, new float[capacity], null, null);
    }

    /**
     * Hidden values of a recurrent layer.
     *
     * @param capacity values including padding
     * @param int8     whether they also have digits
     * @param pairs    whether digits also come as {@link DigitPairs}
     */
    static Signal ofHidden(int size, int capacity, boolean int8, boolean pairs) {
        return new Signal(size, new float[capacity], int8 ? new int[(capacity + 3) / 4 * 4] : null,
                int8 && pairs ? new DigitPairs(size) : null);
    }

    /** A signal of the same form with values of its own. */
    Signal likeThis() {
        return ofHidden(size, values.length, digits != null, pairs != null);
    }

    /** Takes over values from {@code source[offset]} on. */
    void load(float[] source, int offset) {
        System.arraycopy(source, offset, values, 0, size);
        refreshDigits();
    }

    /** Brings the digits, if there are any, up to the values. */
    void refreshDigits() {
        refreshDigits(0);
    }

    /** As {@link #refreshDigits()} for digits that have moved by {@code hold} or more. */
    void refreshDigits(int hold) {
        if (digits == null) {
            return;
        }
        for (int k = 0; k < size; k++) {
            int digit = Digits.ofHidden(values[k]);
            if (Math.abs(digit - digits[k]) >= hold) {
                digits[k] = digit;
            }
        }
        packDigits();
    }

    /** After {@link #digits} were written. */
    void packDigits() {
        if (pairs != null) {
            pairs.pack(digits);
        }
    }
}
