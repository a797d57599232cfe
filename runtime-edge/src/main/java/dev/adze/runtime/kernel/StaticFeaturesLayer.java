package dev.adze.runtime.kernel;

import dev.adze.runtime.model.StaticFeatures;

/** Features of the network beside what the layer before gives. */
record StaticFeaturesLayer(StaticFeatures statics) implements CompiledLayer {
    @Override
    public LayerStep newStep(Signal input) {
        throw new UnsupportedOperationException("static features come from the network's input");
    }

    @Override
    public LayerStep newStep(Signal input, Signal features) {
        return new Step(input, features);
    }

    private final class Step extends LayerStep {
        private final Signal input;
        private final Signal features;
        private final Signal output = Signal.ofValues(statics.outputSize(), statics.outputSize());
        private float[] rows;

        Step(Signal input, Signal features) {
            this.input = input;
            this.features = features;
        }

        @Override
        void step() {
            join(input.values, 0, features.values, 0, output.values, 0);
        }

        @Override
        void lookAt(float[] featureRows) {
            rows = featureRows;
        }

        @Override
        void sequence(Signal signal, float[] from, float[] to, int steps) {
            for (int t = 0; t < steps; t++) {
                join(from, t * input.size, rows, t * features.size, to, t * output.size);
            }
        }

        private void join(float[] x, int xFrom, float[] of, int ofFrom, float[] to, int toFrom) {
            System.arraycopy(x, xFrom, to, toFrom, input.size);
            for (int i = 0; i < statics.features().size(); i++) {
                to[toFrom + input.size + i] = of[ofFrom + statics.features().get(i)];
            }
        }

        @Override
        Signal output() {
            return output;
        }
    }
}
