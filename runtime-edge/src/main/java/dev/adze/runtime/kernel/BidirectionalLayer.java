package dev.adze.runtime.kernel;

/** Two layers over the same sequence, the second from its end. */
record BidirectionalLayer(CompiledLayer forward, CompiledLayer backward, boolean int8, boolean pairs)
        implements CompiledLayer {
    @Override
    public LayerStep newStep(Signal input) {
        return new Step(forward.newStep(input), backward.newStep(input));
    }

    private final class Step extends LayerStep {
        private final LayerStep forwards;
        private final LayerStep backwards;
        private final Signal output;

        Step(LayerStep forwards, LayerStep backwards) {
            this.forwards = forwards;
            this.backwards = backwards;
            int size = forwards.output().size + backwards.output().size;
            output = Signal.ofHidden(size, size, int8, pairs);
        }

        @Override
        void step() {
            throw new UnsupportedOperationException("a bidirectional layer runs over whole sequences");
        }

        @Override
        void sequence(Signal input, float[] from, float[] to, int steps) {
            run(forwards, input, from, to, 0, 0, 1, steps);
            run(backwards, input, from, to, forwards.output().size, steps - 1, -1, steps);
        }

        private void run(LayerStep layer, Signal input, float[] from, float[] to, int column, int first, int direction,
                int steps) {
            layer.reset();
            for (int i = 0, t = first; i < steps; i++, t += direction) {
                input.load(from, t * input.size);
                layer.step();
                System.arraycopy(layer.output().values, 0, to, t * output.size + column, layer.output().size);
            }
        }

        @Override
        Signal output() {
            return output;
        }
    }
}
