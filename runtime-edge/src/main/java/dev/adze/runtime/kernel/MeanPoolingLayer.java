package dev.adze.runtime.kernel;

import dev.adze.runtime.model.MeanPooling;

/** State: the number of steps, then their sum. */
record MeanPoolingLayer(MeanPooling pooling) implements CompiledLayer {
    @Override
    public LayerStep newStep(Signal input) {
        return new PoolingStep(input, pooling.stateSize()) {
            @Override
            void step() {
                state[0] += 1;
                for (int k = 0; k < input.size; k++) {
                    state[1 + k] += input.values[k];
                    output.values[k] = state[1 + k] / state[0];
                }
            }
        };
    }
}
