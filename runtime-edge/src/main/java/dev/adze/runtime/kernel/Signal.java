package dev.adze.runtime.kernel;

/**
 * What flows from one layer to the next within a step; the producing layer overwrites it at every step.
 */
final class Signal {
    /** fp32 values; at least {@link #size} long, padding is zero. */
    final float[] values;
    final int size;
    /** One digit a value, if the producer is an LSTM of an int8 network (see {@link Digits}); otherwise null. */
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
}
