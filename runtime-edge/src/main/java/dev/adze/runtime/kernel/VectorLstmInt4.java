package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Int4;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** int4 LSTM: blocks of units as in {@link PackedLayout}, a block's rows as {@link VectorProductInt4} wants them. */
record VectorLstmInt4(Lstm lstm, MemorySegment weights, VectorIntegerSums rowSums) implements CompiledLayer {

    static VectorLstmInt4 compile(Lstm lstm, NetworkTensors tensors, int layer, Arena arena) {
        return new VectorLstmInt4(lstm, pack(lstm, tensors, layer, arena),
                VectorIntegerSums.of(tensors, layer, lstm.hiddenSize()));
    }

    private static MemorySegment pack(Lstm lstm, NetworkTensors tensors, int layer, Arena arena) {
        long inputBytes = VectorProductInt4.blockBytes(lstm.inputSize());
        long blockBytes = inputBytes + VectorProductInt4.blockBytes(lstm.hiddenSize());
        MemorySegment packed = arena.allocate(PackedLayout.blocks(lstm.hiddenSize()) * blockBytes, PackedLayout.ALIGNMENT);
        packMatrix(lstm, tensors, layer, "weight_ih", lstm.inputSize(), packed, 0, blockBytes);
        packMatrix(lstm, tensors, layer, "weight_hh", lstm.hiddenSize(), packed, inputBytes, blockBytes);
        return packed;
    }

    private static void packMatrix(Lstm lstm, NetworkTensors tensors, int layer, String name, int columns,
            MemorySegment packed, long base, long blockBytes) {
        byte[] q = Int4.unpack(tensors.get(layer, name).toBytes(), 4 * lstm.hiddenSize(), columns);
        byte[] multipliers = tensors.get(layer, name + ".multiplier").toBytes();
        for (int row = 0; row < 4 * lstm.hiddenSize(); row++) {
            int unit = row % lstm.hiddenSize();
            int slot = row / lstm.hiddenSize() * PackedLayout.BLOCK + unit % PackedLayout.BLOCK;
            VectorProductInt4.packRow(q, row * columns, columns, multipliers, row * Int4.groups(columns), packed,
                    base + unit / PackedLayout.BLOCK * blockBytes, slot);
        }
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
        private final DigitQuads inputQuads;
        private final DigitQuads lowQuads;
        private final DigitQuads hiddenQuads;

        Step(Signal input) {
            super(input, lstm, PackedLayout.blocks(lstm.hiddenSize()) * PackedLayout.BLOCK, true, false);
            hi = new int[4 * PackedLayout.groups(input.size)];
            lo = new int[hi.length];
            inputQuads = new DigitQuads(input.size);
            lowQuads = new DigitQuads(input.size);
            hiddenQuads = new DigitQuads(hiddenSize);
        }

        @Override
        void computeUnits() {
            boolean twoDigits = input.digits == null;
            float scale = 0;
            if (twoDigits) {
                scale = Digits.split(input.values, input.size, hi, lo);
                inputQuads.pack(hi);
                lowQuads.pack(lo);
            } else {
                inputQuads.pack(input.digits);
            }
            hiddenQuads.pack(hidden.digits);
            long inputBytes = VectorProductInt4.blockBytes(input.size);
            long blockBytes = inputBytes + VectorProductInt4.blockBytes(hiddenSize);
            int blocks = PackedLayout.blocks(hiddenSize);
            for (int block = 0; block < blocks; block++) {
                long base = block * blockBytes;
                int rows = block * PackedLayout.ROWS;
                VectorProductInt4.multiply(weights, base, inputQuads, sums);
                if (twoDigits) {
                    VectorProductInt4.multiply(weights, base, lowQuads, lowSums);
                    rowSums.startTwoDigits(rows, sums, lowSums, scale, z);
                } else {
                    rowSums.startOneDigit(rows, sums, z);
                }
                VectorProductInt4.multiply(weights, base + inputBytes, hiddenQuads, sums);
                rowSums.addHidden(rows, sums, z);
                VectorCell.update(z, cell, nextHidden, block * PackedLayout.BLOCK);
            }
        }
    }
}
