package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;

/** int8 and int4 LSTM by the text of docs/arithmetic.md: exact integer sums, then two fused multiply-adds a row. */
record ScalarLstmIntegers(Lstm lstm, short[] weightIh, short[] weightHh, RowFactors factors, float[] bias)
        implements CompiledLayer {

    static ScalarLstmIntegers compile(Lstm lstm, NetworkTensors tensors, int layer) {
        return new ScalarLstmIntegers(lstm, IntegerWeights.of(tensors, layer, "weight_ih", lstm.inputSize()),
                IntegerWeights.of(tensors, layer, "weight_hh", lstm.hiddenSize()),
                RowFactors.of(tensors, layer, RowFactors.oneDigitInput(tensors, layer)),
                tensors.get(layer, "bias").toFloats());
    }

    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input);
    }

    private final class Step extends RecurrentStep {
        private final int[] hi;
        private final int[] lo;
        private float inputScale;

        Step(Signal input) {
            super(input, lstm, lstm.hiddenSize(), true, false);
            hi = new int[input.size];
            lo = new int[input.size];
        }

        @Override
        void computeUnits() {
            if (input.digits == null) {
                inputScale = Digits.split(input.values, input.size, hi, lo);
            }
            for (int unit = 0; unit < hiddenSize; unit++) {
                ScalarCell.update(preActivation(unit), preActivation(hiddenSize + unit),
                        preActivation(2 * hiddenSize + unit), preActivation(3 * hiddenSize + unit),
                        cell, nextHidden, unit);
            }
        }

        private float preActivation(int row) {
            float t = input.digits != null
                    ? (float) dot(weightIh, row, input.size, input.digits)
                    : Math.fma((float) dot(weightIh, row, input.size, hi), 128f,
                            (float) dot(weightIh, row, input.size, lo)) * inputScale;
            float z = Math.fma(t, factors.input()[row], bias[row]);
            return Math.fma((float) dot(weightHh, row, hiddenSize, hidden.digits), factors.hidden()[row], z);
        }

        private static int dot(short[] matrix, int row, int columns, int[] digits) {
            int sum = 0;
            for (int k = 0; k < columns; k++) {
                sum += matrix[row * columns + k] * digits[k];
            }
            return sum;
        }
    }
}
