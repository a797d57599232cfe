package dev.adze.runtime.kernel;

/** sigmoid and tanh of stretches of arrays, in place: {@link ScalarMath}, in vectors where the kernel has them. */
enum Activations {
    SCALAR {
        @Override
        void tanh(float[] x, int from, int count) {
            for (int i = from; i < from + count; i++) {
                x[i] = ScalarMath.tanh(x[i]);
            }
        }
    },
    VECTOR {
        @Override
        void tanh(float[] x, int from, int count) {
            int whole = count / VectorWidth.LANES * VectorWidth.LANES;
            VectorMath.tanh(x, from, x, from, whole);
            SCALAR.tanh(x, from + whole, count - whole);
        }
    };

    abstract void tanh(float[] x, int from, int count);

    final void sigmoid(float[] x, int from, int count) {
        for (int i = from; i < from + count; i++) {
            x[i] = 0.5f * x[i];
        }
        tanh(x, from, count);
        for (int i = from; i < from + count; i++) {
            x[i] = Math.fma(0.5f, x[i], 0.5f);
        }
    }
}
