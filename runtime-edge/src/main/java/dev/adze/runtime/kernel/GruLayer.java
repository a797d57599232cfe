package dev.adze.runtime.kernel;

/**
 * GRU over any {@link MatrixProduct}, gates stacked r, z, n.
 *
 * @param inputStart  {@code bias [3*hidden]}
 * @param hiddenStart zero for r and z, {@code bias_hn} for n, {@code [3*hidden]}
 */
record GruLayer(int hiddenSize, MatrixProduct inputProduct, MatrixProduct hiddenProduct, float[] inputStart,
        float[] hiddenStart, Activations activations, boolean int8, boolean pairs) implements CompiledLayer {
    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input);
    }

    private final class Step extends RecurrentStep {
        private final MatrixProduct.OfSignal ofInput;
        private final MatrixProduct.OfSignal ofHidden;
        private final float[] x = new float[3 * GruLayer.this.hiddenSize];
        private final float[] z = new float[x.length];
        private final float[] start = new float[x.length];

        Step(Signal input) {
            super(input, GruLayer.this.hiddenSize, GruLayer.this.hiddenSize, false, int8, pairs);
            ofInput = inputProduct.with(input);
            ofHidden = hiddenProduct.with(hidden);
        }

        @Override
        void computeUnits() {
            int n = 2 * hiddenSize;
            ofInput.add(inputStart, x);
            // r and z go on from the input's sums; n's recurrent part is summed apart, for the reset gate.
            System.arraycopy(x, 0, start, 0, n);
            System.arraycopy(hiddenStart, n, start, n, hiddenSize);
            ofHidden.add(start, z);
            activations.sigmoid(z, 0, n);
            for (int unit = 0; unit < hiddenSize; unit++) {
                z[n + unit] = Math.fma(z[unit], z[n + unit], x[n + unit]);
            }
            activations.tanh(z, n, hiddenSize);
            for (int unit = 0; unit < hiddenSize; unit++) {
                float candidate = z[n + unit];
                nextHidden[unit] = Math.fma(z[hiddenSize + unit], hidden.values[unit] - candidate, candidate);
            }
        }
    }
}
