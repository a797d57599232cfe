package dev.adze.runtime.kernel;

/** {@code weight [rows, columns]} as stored. */
record ScalarMatrixFp32(int rows, float[] weight) implements MatrixProduct {
    @Override
    public OfSignal with(Signal signal) {
        return (start, sums) -> {
            for (int row = 0; row < rows; row++) {
                float sum = start[row];
                for (int k = 0; k < signal.size; k++) {
                    sum = Math.fma(weight[row * signal.size + k], signal.values[k], sum);
                }
                sums[row] = sum;
            }
        };
    }
}
