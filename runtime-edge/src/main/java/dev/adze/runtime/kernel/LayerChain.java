package dev.adze.runtime.kernel;

import dev.adze.runtime.model.RecurrentNetwork;
import java.util.List;

/** A program that runs layer after layer: what the Java kernels have in common. */
record LayerChain(RecurrentNetwork network, List<CompiledLayer> layers) implements StepProgram {

    @Override
    public StepRunner newRunner() {
        if (!network.causal()) {
            return SequenceRunner.of(network, layers);
        }
        Signal input = Signal.ofValues(network.inputSize(), network.inputSize());
        LayerStep[] steps = new LayerStep[layers.size()];
        Signal signal = input;
        for (int i = 0; i < steps.length; i++) {
            steps[i] = layers.get(i).newStep(signal, input);
            signal = steps[i].output();
        }
        return new Runner(input, steps, signal);
    }

    private static final class Runner implements StepRunner {
        private final Signal input;
        private final LayerStep[] steps;
        private final Signal output;
        private final int recurrentSteps;

        Runner(Signal input, LayerStep[] steps, Signal output) {
            this.input = input;
            this.steps = steps;
            this.output = output;
            int count = steps.length;
            while (count > 0 && steps[count - 1].stateSize() == 0) {
                count--;
            }
            recurrentSteps = count;
        }

        @Override
        public void step(float[] features, int offset, float[] outputValues) {
            run(features, offset, steps.length);
            System.arraycopy(output.values, 0, outputValues, 0, output.size);
        }

        @Override
        public void advance(float[] features, int offset) {
            run(features, offset, recurrentSteps);
        }

        private void run(float[] features, int offset, int count) {
            System.arraycopy(features, offset, input.values, 0, input.size);
            for (int i = 0; i < count; i++) {
                steps[i].step();
            }
        }

        @Override
        public void reset() {
            for (LayerStep step : steps) {
                step.reset();
            }
        }

        @Override
        public void copyStateTo(float[] state) {
            int offset = 0;
            for (LayerStep step : steps) {
                step.copyStateTo(state, offset);
                offset += step.stateSize();
            }
        }

        @Override
        public void copyStateFrom(float[] state) {
            int offset = 0;
            for (LayerStep step : steps) {
                step.copyStateFrom(state, offset);
                offset += step.stateSize();
            }
        }
    }
}
