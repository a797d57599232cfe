package dev.adze.runtime.kernel;

/**
 * {@code weight [rows, columns]}, the integers of {@link IntegerWeights}.
 *
 * @param factor a row's scale, divided by 127 for a signal that comes as digits (one digit a value)
 */
record ScalarMatrixIntegers(int rows, short[] weight, float[] factor) implements MatrixProduct {
    @Override
    public OfSignal with(Signal signal) {
        return signal.digits != null ? oneDigit(signal) : twoDigits(signal);
    }

    private OfSignal oneDigit(Signal signal) {
        return (start, sums) -> {
            for (int row = 0; row < rows; row++) {
                sums[row] = Math.fma((float) dot(row, signal.size, signal.digits), factor[row], start[row]);
            }
        };
    }

    private OfSignal twoDigits(Signal signal) {
        int[] hi = new int[signal.size];
        int[] lo = new int[signal.size];
        return (start, sums) -> {
            float scale = Digits.split(signal.values, signal.size, hi, lo);
            for (int row = 0; row < rows; row++) {
                float t = Math.fma((float) dot(row, signal.size, hi), 128f, (float) dot(row, signal.size, lo)) * scale;
                sums[row] = Math.fma(t, factor[row], start[row]);
            }
        };
    }

    private int dot(int row, int columns, int[] digits) {
        int sum = 0;
        for (int k = 0; k < columns; k++) {
            sum += weight[row * columns + k] * digits[k];
        }
        return sum;
    }
}
