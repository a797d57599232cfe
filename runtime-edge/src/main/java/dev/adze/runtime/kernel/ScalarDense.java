package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.NetworkTensors;

/** Dense layer, {@code weight [outputs, inputs]}; the vector kernel's too where the outputs are few. */
record ScalarDense(Dense dense, float[] weight, float[] bias) implements CompiledLayer {

    static ScalarDense compile(Dense dense, NetworkTensors tensors, int layer) {
        return new ScalarDense(dense, tensors.get(layer, "weight").toFloats(), tensors.get(layer, "bias").toFloats());
    }

    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input, Signal.ofValues(dense.outputSize(), dense.outputSize()));
    }

    private final class Step extends LayerStep {
        private final Signal input;
        private final Signal output;

        Step(Signal input, Signal output) {
            this.input = input;
            this.output = output;
        }

        @Override
        void step() {
            for (int row = 0; row < output.size; row++) {
                float sum = bias[row];
                for (int k = 0; k < input.size; k++) {
                    sum = Math.fma(weight[row * input.size + k], input.values[k], sum);
                }
                output.values[row] = activate(dense.activation(), sum);
            }
        }

        @Override
        Signal output() {
            return output;
        }
    }

    static float activate(Dense.Activation activation, float x) {
        return switch (activation) {
            case IDENTITY -> x;
            case RELU -> x < 0 ? 0 : x; // NaN stays NaN
            case TANH -> ScalarMath.tanh(x);
            case GELU -> ScalarMath.gelu(x);
        };
    }
}
