package dev.adze.runtime.kernel;

/** A layer with its input added to its output. */
record ResidualLayer(CompiledLayer layer) implements CompiledLayer {
    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input, layer.newStep(input));
    }

    private static final class Step extends LayerStep {
        private final Signal input;
        private final LayerStep inner;
        private final Signal output;

        Step(Signal input, LayerStep inner) {
            this.input = input;
            this.inner = inner;
            output = Signal.ofValues(input.size, input.size);
        }

        @Override
        void step() {
            inner.step();
            for (int k = 0; k < output.size; k++) {
                output.values[k] = input.values[k] + inner.output().values[k];
            }
        }

        @Override
        void sequence(Signal signal, float[] from, float[] to, int steps) {
            inner.sequence(signal, from, to, steps);
            for (int i = 0; i < steps * output.size; i++) {
                to[i] = from[i] + to[i];
            }
        }

        @Override
        Signal output() {
            return output;
        }

        @Override
        int stateSize() {
            return inner.stateSize();
        }

        @Override
        void reset() {
            inner.reset();
        }

        @Override
        void copyStateTo(float[] state, int offset) {
            inner.copyStateTo(state, offset);
        }

        @Override
        void copyStateFrom(float[] state, int offset) {
            inner.copyStateFrom(state, offset);
        }
    }
}
