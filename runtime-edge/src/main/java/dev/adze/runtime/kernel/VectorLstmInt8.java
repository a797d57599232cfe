package dev.adze.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.I2F;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** int8 LSTM over {@link PackedLayout} weights; factors ({@link RowFactors}) and bias packed by row. */
record VectorLstmInt8(Lstm lstm, MemorySegment weights, float[] inputFactor, float[] hiddenFactor, float[] bias)
        implements CompiledLayer {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final FloatVector DIGIT = FloatVector.broadcast(F, 128f);

    static VectorLstmInt8 compile(Lstm lstm, NetworkTensors tensors, int layer, Arena arena) {
        RowFactors factors = RowFactors.of(tensors, layer, RowFactors.oneDigitInput(tensors, layer));
        return new VectorLstmInt8(lstm,
                PackedLayout.packInt8(lstm, tensors.get(layer, "weight_ih"), tensors.get(layer, "weight_hh"), arena),
                PackedLayout.packRows(lstm.hiddenSize(), factors.input()),
                PackedLayout.packRows(lstm.hiddenSize(), factors.hidden()),
                PackedLayout.packRows(lstm.hiddenSize(), tensors.get(layer, "bias").toFloats()));
    }

    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input);
    }

    private final class Step extends RecurrentStep {
        private final float[] z = new float[PackedLayout.ROWS];
        private final int[] sums = new int[PackedLayout.ROWS];
        private final int[] lowSums = new int[PackedLayout.ROWS];
        private final int[] hi;
        private final int[] lo;
        private final DigitPairs hiPairs;
        private final DigitPairs loPairs;

        Step(Signal input) {
            super(input, lstm.hiddenSize(), PackedLayout.blocks(lstm.hiddenSize()) * PackedLayout.BLOCK, true, true);
            hi = new int[4 * PackedLayout.groups(input.size)];
            lo = new int[hi.length];
            hiPairs = new DigitPairs(input.size);
            loPairs = new DigitPairs(input.size);
        }

        @Override
        void computeUnits() {
            float scale = 0;
            if (input.digits == null) {
                scale = Digits.split(input.values, input.size, hi, lo);
                hiPairs.pack(hi);
                loPairs.pack(lo);
            }
            long inputBytes = (long) PackedLayout.groups(input.size) * PackedLayout.GROUP_BYTES;
            long blockBytes = inputBytes + (long) PackedLayout.groups(hiddenSize) * PackedLayout.GROUP_BYTES;
            int blocks = PackedLayout.blocks(hiddenSize);
            for (int block = 0; block < blocks; block++) {
                long base = block * blockBytes;
                int rows = block * PackedLayout.ROWS;
                if (input.digits == null) {
                    // The second digit's pass finds the few input weights in the first-level cache.
                    VectorProductInt8.multiply(weights, base, hiPairs, sums);
                    VectorProductInt8.multiply(weights, base, loPairs, lowSums);
                    startTwoDigits(rows, scale);
                } else {
                    VectorProductInt8.multiply(weights, base, input.pairs, sums);
                    startOneDigit(rows);
                }
                VectorProductInt8.multiply(weights, base + inputBytes, hidden.pairs, sums);
                addHidden(rows);
                VectorCell.update(z, cell, nextHidden, block * PackedLayout.BLOCK);
            }
        }

        /** z = fma(fma(hi, 128, lo) * s, sx, bias). */
        private void startTwoDigits(int rows, float scale) {
            for (int j = 0; j < PackedLayout.ROWS; j += VectorWidth.LANES) {
                FloatVector hiSum = (FloatVector) IntVector.fromArray(I, sums, j).convertShape(I2F, F, 0);
                FloatVector loSum = (FloatVector) IntVector.fromArray(I, lowSums, j).convertShape(I2F, F, 0);
                hiSum.fma(DIGIT, loSum).mul(scale).fma(FloatVector.fromArray(F, inputFactor, rows + j),
                        FloatVector.fromArray(F, bias, rows + j)).intoArray(z, j);
            }
        }

        /** z = fma(x, sx, bias). */
        private void startOneDigit(int rows) {
            for (int j = 0; j < PackedLayout.ROWS; j += VectorWidth.LANES) {
                FloatVector sum = (FloatVector) IntVector.fromArray(I, sums, j).convertShape(I2F, F, 0);
                sum.fma(FloatVector.fromArray(F, inputFactor, rows + j), FloatVector.fromArray(F, bias, rows + j))
                        .intoArray(z, j);
            }
        }

        /** z = fma(h, sh, z). */
        private void addHidden(int rows) {
            for (int j = 0; j < PackedLayout.ROWS; j += VectorWidth.LANES) {
                FloatVector sum = (FloatVector) IntVector.fromArray(I, sums, j).convertShape(I2F, F, 0);
                sum.fma(FloatVector.fromArray(F, hiddenFactor, rows + j), FloatVector.fromArray(F, z, j))
                        .intoArray(z, j);
            }
        }
    }
}
