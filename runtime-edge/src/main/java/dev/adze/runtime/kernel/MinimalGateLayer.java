package dev.adze.runtime.kernel;

/**
 * {@link dev.adze.runtime.model.MinimalGate} over any {@link MatrixProduct}; the recurrent matrix comes as its two halves,
 * since they read different signals.
 *
 * @param gateProduct      rows of the gate {@code [hidden, hidden]}
 * @param candidateProduct rows of the candidate {@code [hidden, hidden]}
 * @param bias             {@code [2*hidden]}
 */
record MinimalGateLayer(int hiddenSize, MatrixProduct inputProduct, MatrixProduct gateProduct,
        MatrixProduct candidateProduct, float[] bias, Activations activations, boolean int8, boolean pairs)
        implements CompiledLayer {
    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input);
    }

    private final class Step extends RecurrentStep {
        private final Signal gated;
        private final MatrixProduct.OfSignal ofInput;
        private final MatrixProduct.OfSignal ofHidden;
        private final MatrixProduct.OfSignal ofGated;
        private final float[] x = new float[2 * MinimalGateLayer.this.hiddenSize];
        private final float[] gate = new float[MinimalGateLayer.this.hiddenSize];
        private final float[] candidate = new float[MinimalGateLayer.this.hiddenSize];

        Step(Signal input) {
            super(input, MinimalGateLayer.this.hiddenSize, MinimalGateLayer.this.hiddenSize, false, int8, pairs);
            gated = hidden.likeThis();
            ofInput = inputProduct.with(input);
            ofHidden = gateProduct.with(hidden);
            ofGated = candidateProduct.with(gated);
        }

        @Override
        void computeUnits() {
            ofInput.add(bias, x);
            ofHidden.add(x, gate);
            activations.sigmoid(gate, 0, hiddenSize);
            for (int unit = 0; unit < hiddenSize; unit++) {
                gated.values[unit] = gate[unit] * hidden.values[unit];
            }
            gated.refreshDigits();
            System.arraycopy(x, hiddenSize, candidate, 0, hiddenSize);
            ofGated.add(candidate, candidate);
            activations.tanh(candidate, 0, hiddenSize);
            for (int unit = 0; unit < hiddenSize; unit++) {
                float h = hidden.values[unit];
                nextHidden[unit] = Math.fma(gate[unit], candidate[unit] - h, h);
            }
        }
    }
}
