package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** fp32 LSTM over {@link PackedLayout} weights. */
record VectorLstmFp32(Lstm lstm, MemorySegment weights, float[] bias) implements CompiledLayer {

    static VectorLstmFp32 compile(Lstm lstm, NetworkTensors tensors, int layer, Arena arena) {
        return new VectorLstmFp32(lstm,
                PackedLayout.packFp32(lstm, tensors.get(layer, "weight_ih"), tensors.get(layer, "weight_hh"), arena),
                PackedLayout.packRows(lstm.hiddenSize(), tensors.get(layer, "bias").toFloats()));
    }

    @Override
    public LayerStep newStep(Signal input) {
        return new Step(input);
    }

    private final class Step extends RecurrentStep {
        private final float[] z = new float[PackedLayout.ROWS];

        Step(Signal input) {
            super(input, lstm, PackedLayout.blocks(lstm.hiddenSize()) * PackedLayout.BLOCK, false, false);
        }

        @Override
        void computeUnits() {
            long blockBytes = (long) (input.size + hiddenSize) * PackedLayout.GROUP_BYTES;
            int blocks = PackedLayout.blocks(hiddenSize);
            for (int block = 0; block < blocks; block++) {
                System.arraycopy(bias, block * PackedLayout.ROWS, z, 0, PackedLayout.ROWS);
                long inputPart = block * blockBytes;
                VectorProductFp32.add(weights, inputPart, input.values, input.size, z);
                long hiddenPart = inputPart + (long) input.size * PackedLayout.GROUP_BYTES;
                VectorProductFp32.add(weights, hiddenPart, hidden.values, hiddenSize, z);
                VectorCell.update(z, cell, nextHidden, block * PackedLayout.BLOCK);
            }
        }
    }
}
