package dev.adze.runtime.kernel;

import java.util.Arrays;

/** The step of a layer that sums up all steps so far; its state is a few scalars, then a vector of the input's size. */
abstract class PoolingStep extends LayerStep {
    final Signal input;
    final Signal output;
    final float[] state;

    PoolingStep(Signal input, int stateSize) {
        this.input = input;
        output = Signal.ofValues(input.size, input.size);
        state = new float[stateSize];
    }

    @Override
    final Signal output() {
        return output;
    }

    @Override
    final int stateSize() {
        return state.length;
    }

    @Override
    final void reset() {
        Arrays.fill(state, 0);
    }

    @Override
    final void copyStateTo(float[] target, int offset) {
        System.arraycopy(state, 0, target, offset, state.length);
    }

    @Override
    final void copyStateFrom(float[] source, int offset) {
        System.arraycopy(source, offset, state, 0, state.length);
    }
}
