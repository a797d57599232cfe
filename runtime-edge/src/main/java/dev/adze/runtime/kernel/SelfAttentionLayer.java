package dev.adze.runtime.kernel;

/** Attention with a way around it. */
record SelfAttentionLayer(AttentionProducts products) implements CompiledLayer {
    @Override
    public LayerStep newStep(Signal input) {
        AttentionProducts.Sequence sequence = products.over(input);
        return new WholeSequenceStep(input, input.size) {
            @Override
            void begin(int steps) {
                sequence.begin(steps);
            }

            @Override
            void next() {
                sequence.next(output.values);
                for (int k = 0; k < output.size; k++) {
                    output.values[k] += input.values[k];
                }
            }
        };
    }
}
