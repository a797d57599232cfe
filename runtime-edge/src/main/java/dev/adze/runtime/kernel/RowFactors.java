package dev.adze.runtime.kernel;

import dev.adze.runtime.model.NetworkTensors;

/**
 * Per row of an int8 LSTM layer, what turns an integer sum into its share of the pre-activation.
 *
 * @param input  sx {@code [4*hidden]}: {@code weight_ih.scale} for a two-digit input, {@code weight_ih.scale / 127} for
 *               a one-digit input
 * @param hidden sh {@code [4*hidden]}: {@code weight_hh.scale / 127}
 */
record RowFactors(float[] input, float[] hidden) {
    static RowFactors of(NetworkTensors tensors, int layer, boolean oneDigitInput) {
        float[] input = tensors.get(layer, "weight_ih.scale").toFloats();
        float[] hidden = tensors.get(layer, "weight_hh.scale").toFloats();
        for (int row = 0; row < input.length; row++) {
            input[row] = oneDigitInput ? input[row] / 127f : input[row];
            hidden[row] = hidden[row] / 127f;
        }
        return new RowFactors(input, hidden);
    }

    /** Whether a layer's input comes with one digit a value: it does exactly if what stands before gives digits of hidden values. */
    static boolean oneDigitInput(NetworkTensors tensors, int layer) {
        return layer > 0 && tensors.precisions().integers(layer - 1) && tensors.network().layers().get(layer - 1).bounded();
    }
}
