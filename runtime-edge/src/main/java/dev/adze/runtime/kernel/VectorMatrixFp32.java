package dev.adze.runtime.kernel;

import java.lang.foreign.MemorySegment;

/** Rows in lanes: weights {@code [block][k][ROWS]} for blocks of {@link PackedLayout#ROWS} rows, padded with zeros. */
record VectorMatrixFp32(int rows, MemorySegment weights) implements MatrixProduct {
    @Override
    public OfSignal with(Signal signal) {
        float[] z = new float[PackedLayout.ROWS];
        return (start, sums) -> {
            for (int first = 0; first < rows; first += PackedLayout.ROWS) {
                int count = Math.min(PackedLayout.ROWS, rows - first);
                System.arraycopy(start, first, z, 0, count);
                VectorProductFp32.add(weights, (long) first * Float.BYTES * signal.size, signal.values, signal.size, z);
                System.arraycopy(z, 0, sums, first, count);
            }
        };
    }
}
