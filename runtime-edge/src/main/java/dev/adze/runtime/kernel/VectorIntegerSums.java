package dev.adze.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.I2F;

import dev.adze.runtime.model.NetworkTensors;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * From the integer sums of a block's rows to its pre-activations; factors ({@link RowFactors}) and bias packed by row.
 *
 * @param input  sx
 * @param hidden sh
 */
record VectorIntegerSums(float[] input, float[] hidden, float[] bias) {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final FloatVector DIGIT = FloatVector.broadcast(F, 128f);

    static VectorIntegerSums of(NetworkTensors tensors, int layer, int hiddenSize) {
        RowFactors factors = RowFactors.of(tensors, layer, RowFactors.oneDigitInput(tensors, layer));
        return new VectorIntegerSums(PackedLayout.packRows(hiddenSize, factors.input()),
                PackedLayout.packRows(hiddenSize, factors.hidden()),
                PackedLayout.packRows(hiddenSize, tensors.get(layer, "bias").toFloats()));
    }

    /**
     * {@code z = fma(fma(hi, 128, lo) * s, sx, bias)}.
     *
     * @param rows the block's first row
     */
    void startTwoDigits(int rows, int[] high, int[] low, float scale, float[] z) {
        for (int j = 0; j < PackedLayout.ROWS; j += VectorWidth.LANES) {
            FloatVector hiSum = (FloatVector) IntVector.fromArray(I, high, j).convertShape(I2F, F, 0);
            FloatVector loSum = (FloatVector) IntVector.fromArray(I, low, j).convertShape(I2F, F, 0);
            hiSum.fma(DIGIT, loSum).mul(scale).fma(FloatVector.fromArray(F, input, rows + j),
                    FloatVector.fromArray(F, bias, rows + j)).intoArray(z, j);
        }
    }

    /** {@code z = fma(x, sx, bias)}. */
    void startOneDigit(int rows, int[] sums, float[] z) {
        for (int j = 0; j < PackedLayout.ROWS; j += VectorWidth.LANES) {
            FloatVector sum = (FloatVector) IntVector.fromArray(I, sums, j).convertShape(I2F, F, 0);
            sum.fma(FloatVector.fromArray(F, input, rows + j), FloatVector.fromArray(F, bias, rows + j)).intoArray(z, j);
        }
    }

    /** {@code z = fma(h, sh, z)}. */
    void addHidden(int rows, int[] sums, float[] z) {
        for (int j = 0; j < PackedLayout.ROWS; j += VectorWidth.LANES) {
            FloatVector sum = (FloatVector) IntVector.fromArray(I, sums, j).convertShape(I2F, F, 0);
            sum.fma(FloatVector.fromArray(F, hidden, rows + j), FloatVector.fromArray(F, z, j)).intoArray(z, j);
        }
    }
}
