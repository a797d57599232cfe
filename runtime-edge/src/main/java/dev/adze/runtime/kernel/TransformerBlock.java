package dev.adze.runtime.kernel;

/**
 * {@link dev.adze.runtime.model.TransformerLayer}.
 *
 * @param up     {@code [F, E]}
 * @param down   {@code [E, F]}
 */
record TransformerBlock(AttentionProducts products, Norm afterAttention, MatrixProduct up, float[] upBias, MatrixProduct down,
        float[] downBias, Norm afterAll) implements CompiledLayer {
    private static final int NORM_LANES = 16;

    /** Gain and bias of a normalisation. */
    record Norm(float[] gain, float[] bias) {
        private void apply(float[] x, float[] lanes) {
            LayerNorm.apply(x, gain.length, lanes);
            for (int k = 0; k < gain.length; k++) {
                x[k] = Math.fma(x[k], gain[k], bias[k]);
            }
        }
    }

    @Override
    public LayerStep newStep(Signal input) {
        AttentionProducts.Sequence sequence = products.over(input);
        Signal middle = Signal.ofValues(input.size, input.size);
        Signal wide = Signal.ofValues(upBias.length, upBias.length);
        MatrixProduct.OfSignal ofMiddle = up.with(middle);
        MatrixProduct.OfSignal ofWide = down.with(wide);
        float[] lanes = new float[NORM_LANES];
        return new WholeSequenceStep(input, input.size) {
            @Override
            void begin(int steps) {
                sequence.begin(steps);
            }

            @Override
            void next() {
                sequence.next(middle.values);
                for (int k = 0; k < input.size; k++) {
                    middle.values[k] += input.values[k];
                }
                afterAttention.apply(middle.values, lanes);
                ofMiddle.add(upBias, wide.values);
                for (int k = 0; k < wide.size; k++) {
                    wide.values[k] = wide.values[k] < 0 ? 0 : wide.values[k];
                }
                ofWide.add(downBias, output.values);
                for (int k = 0; k < input.size; k++) {
                    output.values[k] += middle.values[k];
                }
                afterAll.apply(output.values, lanes);
            }
        };
    }
}
