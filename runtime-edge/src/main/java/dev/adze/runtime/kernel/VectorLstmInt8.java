package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** int8 LSTM over {@link PackedLayout} weights. */
record VectorLstmInt8(Lstm lstm, MemorySegment weights, VectorIntegerSums rowSums) implements CompiledLayer {

    static VectorLstmInt8 compile(Lstm lstm, NetworkTensors tensors, int layer, Arena arena) {
        return new VectorLstmInt8(lstm,
                PackedLayout.packInt8(lstm, tensors.get(layer, "weight_ih"), tensors.get(layer, "weight_hh"), arena),
                VectorIntegerSums.of(tensors, layer, lstm.hiddenSize()));
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
            super(input, lstm, PackedLayout.blocks(lstm.hiddenSize()) * PackedLayout.BLOCK, true, true);
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
            } else if (input.pairs == null) { // from an int4 layer
                hiPairs.pack(input.digits);
            }
            DigitPairs inputPairs = input.pairs == null ? hiPairs : input.pairs;
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
                    rowSums.startTwoDigits(rows, sums, lowSums, scale, z);
                } else {
                    VectorProductInt8.multiply(weights, base, inputPairs, sums);
                    rowSums.startOneDigit(rows, sums, z);
                }
                VectorProductInt8.multiply(weights, base + inputBytes, hidden.pairs, sums);
                rowSums.addHidden(rows, sums, z);
                VectorCell.update(z, cell, nextHidden, block * PackedLayout.BLOCK);
            }
        }
    }
}
