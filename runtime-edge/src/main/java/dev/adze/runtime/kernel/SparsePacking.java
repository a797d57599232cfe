package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.WeightBlocks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Which blocks of an int8 LSTM layer's matrices are left out, and how the others are packed (adze.h, "int8 sparse"). */
final class SparsePacking {
    private static final int GATES = 4;
    /** Blocks that lists lack in the mean, and share of all blocks, from which on lists pay (docs/results/runtime-kernels.md). */
    private static final int LEAST_LEFT_OUT = 9;
    private static final double LEAST_SHARE = 0.2;
    private static final int BLOCK_BYTES = WeightBlocks.ROWS * WeightBlocks.COLUMNS;

    private final WeightBlocks inputBlocks;
    private final WeightBlocks hiddenBlocks;
    private final boolean[] inputKept;
    private final boolean[] hiddenKept;

    private SparsePacking(Lstm lstm, NetworkTensors tensors, int layer) {
        inputBlocks = new WeightBlocks(lstm.hiddenSize(), lstm.inputSize());
        hiddenBlocks = new WeightBlocks(lstm.hiddenSize(), lstm.hiddenSize());
        inputKept = inputBlocks.kept(tensors.get(layer, "weight_ih").toBytes());
        hiddenKept = hiddenBlocks.kept(tensors.get(layer, "weight_hh").toBytes());
    }

    /** Null where the layer is better packed whole. Delta updates need it whole. */
    static SparsePacking of(Lstm lstm, NetworkTensors tensors, int layer, Skipping skipping) {
        if (tensors.precision(layer) != Precision.INT8 || lstm.hold() > 0 || skipping == Skipping.NEVER) {
            return null;
        }
        var packing = new SparsePacking(lstm, tensors, layer);
        boolean taken = skipping == Skipping.ALWAYS ? packing.leftOutBlocks() > 0 : packing.pays();
        return taken && packing.keptBlocks() > 0 ? packing : null;
    }

    private boolean pays() {
        int lists = inputBlocks.blockRows() + hiddenBlocks.blockRows();
        return leftOutBlocks() >= LEAST_LEFT_OUT * lists
                && leftOutBlocks() >= LEAST_SHARE * (inputBlocks.count() + hiddenBlocks.count());
    }

    private int leftOutBlocks() {
        return inputBlocks.count() + hiddenBlocks.count() - keptBlocks();
    }

    int keptBlocks() {
        return count(inputKept) + count(hiddenKept);
    }

    long byteSize() {
        return (long) keptBlocks() * BLOCK_BYTES;
    }

    /** Multiply-accumulates that a step has less. */
    long leftOut() {
        return inputBlocks.weightsLeftOut(inputKept) + hiddenBlocks.weightsLeftOut(hiddenKept);
    }

    /**
     * Copies the blocks that are kept out of a whole packing.
     *
     * @param whole  int8 as of adze.h
     * @param packed {@link #byteSize} bytes
     * @param entry  gets {@code block_groups} and {@code block_lists}
     */
    void pack(MemorySegment whole, MemorySegment packed, NativePlan.Entry entry, Arena arena) {
        MemorySegment groups = arena.allocate(2L * Math.max(1, keptBlocks()), 64);
        MemorySegment lists = arena.allocate(4L * (2L * inputBlocks.blockRows() + 1), 64);
        int unitBlocks = inputBlocks.unitBlocks();
        long source = 0;
        int taken = 0;
        int list = 0;
        for (int block = 0; block < unitBlocks; block++) {
            for (int matrix = 0; matrix < 2; matrix++) {
                WeightBlocks blocks = matrix == 0 ? inputBlocks : hiddenBlocks;
                boolean[] kept = matrix == 0 ? inputKept : hiddenKept;
                for (int gate = 0; gate < GATES; gate++) {
                    lists.setAtIndex(ValueLayout.JAVA_INT, list++, taken);
                    int row = (gate * unitBlocks + block) * blocks.groups();
                    for (int group = 0; group < blocks.groups(); group++) {
                        if (kept[row + group]) {
                            MemorySegment.copy(whole, source + ((long) group * GATES + gate) * BLOCK_BYTES,
                                    packed, (long) taken * BLOCK_BYTES, BLOCK_BYTES);
                            groups.setAtIndex(ValueLayout.JAVA_SHORT, taken++, (short) group);
                        }
                    }
                }
                source += (long) blocks.groups() * GATES * BLOCK_BYTES;
            }
        }
        lists.setAtIndex(ValueLayout.JAVA_INT, list, taken);
        entry.set("block_groups", groups);
        entry.set("block_lists", lists);
    }

    private static int count(boolean[] kept) {
        int count = 0;
        for (boolean block : kept) {
            count += block ? 1 : 0;
        }
        return count;
    }
}
