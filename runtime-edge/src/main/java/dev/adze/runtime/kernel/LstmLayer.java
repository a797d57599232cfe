package dev.adze.runtime.kernel;

/**
 * LSTM over any {@link MatrixProduct}, gates stacked i, f, g, o, with the optional parts of
 * {@link dev.adze.runtime.model.LstmVariant}.
 *
 * @param norm     null without layer normalisation
 * @param peephole {@code [3*hidden]} for i, f, o; null without
 */
record LstmLayer(int hiddenSize, MatrixProduct inputProduct, MatrixProduct hiddenProduct, float[] bias, Norm norm,
        float[] peephole, Activations activations, boolean int8, boolean pairs) implements CompiledLayer {

    /** Gains {@code [4*hidden]} of the two products, gain and bias {@code [hidden]} of the cell. */
    record Norm(float[] input, float[] hidden, float[] cell, float[] cellBias) {}

    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input);
    }

    private final class Step extends RecurrentStep {
        private final MatrixProduct.OfSignal ofInput;
        private final MatrixProduct.OfSignal ofHidden;
        private final float[] z = new float[4 * LstmLayer.this.hiddenSize];
        private final float[] recurrent = new float[norm == null ? 0 : z.length];
        private final float[] zero = new float[recurrent.length];
        private final float[] lanes = new float[16];

        Step(Signal input) {
            super(input, LstmLayer.this.hiddenSize, LstmLayer.this.hiddenSize, int8, pairs);
            ofInput = inputProduct.with(input);
            ofHidden = hiddenProduct.with(hidden);
        }

        @Override
        void computeUnits() {
            preActivations();
            int f = hiddenSize;
            int g = 2 * hiddenSize;
            int o = 3 * hiddenSize;
            if (peephole != null) {
                for (int unit = 0; unit < hiddenSize; unit++) {
                    z[unit] = Math.fma(peephole[unit], cell[unit], z[unit]);
                    z[f + unit] = Math.fma(peephole[f + unit], cell[unit], z[f + unit]);
                }
            }
            activations.sigmoid(z, 0, 2 * hiddenSize);
            activations.tanh(z, g, hiddenSize);
            for (int unit = 0; unit < hiddenSize; unit++) {
                cell[unit] = Math.fma(z[f + unit], cell[unit], z[unit] * z[g + unit]);
            }
            if (peephole != null) {
                for (int unit = 0; unit < hiddenSize; unit++) {
                    z[o + unit] = Math.fma(peephole[g + unit], cell[unit], z[o + unit]);
                }
            }
            activations.sigmoid(z, o, hiddenSize);
            System.arraycopy(cell, 0, nextHidden, 0, hiddenSize);
            if (norm != null) {
                LayerNorm.apply(nextHidden, hiddenSize, lanes);
                for (int unit = 0; unit < hiddenSize; unit++) {
                    nextHidden[unit] = Math.fma(nextHidden[unit], norm.cell()[unit], norm.cellBias()[unit]);
                }
            }
            activations.tanh(nextHidden, 0, hiddenSize);
            for (int unit = 0; unit < hiddenSize; unit++) {
                nextHidden[unit] = z[o + unit] * nextHidden[unit];
            }
        }

        private void preActivations() {
            if (norm == null) {
                ofInput.add(bias, z);
                ofHidden.add(z, z);
                return;
            }
            ofInput.add(zero, z);
            ofHidden.add(zero, recurrent);
            LayerNorm.apply(z, z.length, lanes);
            LayerNorm.apply(recurrent, recurrent.length, lanes);
            for (int row = 0; row < z.length; row++) {
                z[row] = Math.fma(recurrent[row], norm.hidden()[row], Math.fma(z[row], norm.input()[row], bias[row]));
            }
        }
    }
}
