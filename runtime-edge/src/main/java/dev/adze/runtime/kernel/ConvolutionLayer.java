package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Convolution;
import java.util.Arrays;

/** The inputs of the last steps lie one after the other, the oldest first; a step picks those that the kernel sees. */
record ConvolutionLayer(Convolution convolution, MatrixProduct product, float[] bias) implements CompiledLayer {
    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input);
    }

    private final class Step extends LayerStep {
        private final Signal input;
        private final Signal seen = Signal.ofValues(convolution.kernel() * convolution.inputSize(),
                convolution.kernel() * convolution.inputSize());
        private final MatrixProduct.OfSignal ofSeen = product.with(seen);
        private final Signal output = Signal.ofValues(convolution.outputSize(), convolution.outputSize());
        private final float[] past = new float[convolution.stateSize()];

        Step(Signal input) {
            this.input = input;
        }

        @Override
        void step() {
            int newest = seen.size - input.size;
            for (int tap = 0; tap < convolution.kernel() - 1; tap++) {
                System.arraycopy(past, tap * convolution.dilation() * input.size, seen.values, tap * input.size, input.size);
            }
            System.arraycopy(input.values, 0, seen.values, newest, input.size);
            if (past.length > 0) {
                System.arraycopy(past, input.size, past, 0, past.length - input.size);
                System.arraycopy(input.values, 0, past, past.length - input.size, input.size);
            }
            ofSeen.add(bias, output.values);
            for (int k = 0; k < output.size; k++) {
                output.values[k] = ScalarDense.activate(convolution.activation(), output.values[k]);
            }
        }

        @Override
        Signal output() {
            return output;
        }

        @Override
        int stateSize() {
            return past.length;
        }

        @Override
        void reset() {
            Arrays.fill(past, 0);
        }

        @Override
        void copyStateTo(float[] state, int offset) {
            System.arraycopy(past, 0, state, offset, past.length);
        }

        @Override
        void copyStateFrom(float[] state, int offset) {
            System.arraycopy(state, offset, past, 0, past.length);
        }
    }
}
