package dev.adze.runtime.kernel;

/**
 * A recurrent layer's matrix {@code [rows, columns]}, ready for products with a signal. Immutable and shared. The
 * arithmetic, and so every bit, is that of docs/arithmetic.md.
 */
interface MatrixProduct {
    /** Products with one signal, with the scratch memory they need. For one thread. */
    interface OfSignal {
        /**
         * {@code sums[row] = start[row] + matrix[row] . signal}
         *
         * @param start {@code [rows]}, may be {@code sums}
         */
        void add(float[] start, float[] sums);
    }

    OfSignal with(Signal signal);
}
