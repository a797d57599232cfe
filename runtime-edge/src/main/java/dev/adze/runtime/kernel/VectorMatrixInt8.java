package dev.adze.runtime.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Rows in lanes: weights {@code [block][k/4][ROWS][2 pairs]} for blocks of {@link PackedLayout#ROWS} rows, padded with
 * zeros; the pairs are those of {@link PackedLayout}.
 *
 * @param factor as in {@link ScalarMatrixIntegers}
 */
record VectorMatrixInt8(int rows, MemorySegment weights, float[] factor) implements MatrixProduct {
    @Override
    public OfSignal with(Signal signal) {
        return signal.digits != null ? oneDigit(signal) : twoDigits(signal);
    }

    private OfSignal oneDigit(Signal signal) {
        int[] products = new int[PackedLayout.ROWS];
        DigitPairs own = signal.pairs == null ? new DigitPairs(signal.size) : signal.pairs; // an int4 layer gives none
        return (start, sums) -> {
            if (signal.pairs == null) {
                own.pack(signal.digits);
            }
            for (int first = 0; first < rows; first += PackedLayout.ROWS) {
                VectorProductInt8.multiply(weights, base(first, signal), own, products);
                int count = Math.min(PackedLayout.ROWS, rows - first);
                for (int j = 0; j < count; j++) {
                    sums[first + j] = Math.fma((float) products[j], factor[first + j], start[first + j]);
                }
            }
        };
    }

    private OfSignal twoDigits(Signal signal) {
        int[] high = new int[PackedLayout.ROWS];
        int[] low = new int[PackedLayout.ROWS];
        int[] hi = new int[4 * PackedLayout.groups(signal.size)];
        int[] lo = new int[hi.length];
        var hiPairs = new DigitPairs(signal.size);
        var loPairs = new DigitPairs(signal.size);
        return (start, sums) -> {
            float scale = Digits.split(signal.values, signal.size, hi, lo);
            hiPairs.pack(hi);
            loPairs.pack(lo);
            for (int first = 0; first < rows; first += PackedLayout.ROWS) {
                VectorProductInt8.multiply(weights, base(first, signal), hiPairs, high);
                VectorProductInt8.multiply(weights, base(first, signal), loPairs, low);
                int count = Math.min(PackedLayout.ROWS, rows - first);
                for (int j = 0; j < count; j++) {
                    float t = Math.fma((float) high[j], 128f, (float) low[j]) * scale;
                    sums[first + j] = Math.fma(t, factor[first + j], start[first + j]);
                }
            }
        };
    }

    private static long base(int firstRow, Signal signal) {
        return (long) firstRow / PackedLayout.ROWS * PackedLayout.groups(signal.size) * PackedLayout.GROUP_BYTES;
    }
}
