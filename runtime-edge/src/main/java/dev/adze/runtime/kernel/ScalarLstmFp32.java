package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;

/** fp32 LSTM by the text of docs/arithmetic.md: {@code weightIh [4*hidden, input]}, gates stacked i, f, g, o. */
record ScalarLstmFp32(Lstm lstm, float[] weightIh, float[] weightHh, float[] bias) implements CompiledLayer {

    static ScalarLstmFp32 compile(Lstm lstm, NetworkTensors tensors, int layer) {
        return new ScalarLstmFp32(lstm, tensors.get(layer, "weight_ih").toFloats(),
                tensors.get(layer, "weight_hh").toFloats(), tensors.get(layer, "bias").toFloats());
    }

    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input);
    }

    private final class Step extends RecurrentStep {
        Step(Signal input) {
            super(input, lstm, lstm.hiddenSize(), false, false);
        }

        @Override
        void computeUnits() {
            for (int unit = 0; unit < hiddenSize; unit++) {
                ScalarCell.update(preActivation(unit), preActivation(hiddenSize + unit),
                        preActivation(2 * hiddenSize + unit), preActivation(3 * hiddenSize + unit),
                        cell, nextHidden, unit);
            }
        }

        private float preActivation(int row) {
            float sum = bias[row];
            for (int k = 0; k < input.size; k++) {
                sum = Math.fma(weightIh[row * input.size + k], input.values[k], sum);
            }
            for (int k = 0; k < hiddenSize; k++) {
                sum = Math.fma(weightHh[row * hiddenSize + k], hidden.values[k], sum);
            }
            return sum;
        }
    }
}
