package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The packed form of an LSTM layer's matrices, made once at load. A step reads it once, front to back. Units are dealt
 * into blocks of {@value #BLOCK}; a block's four gates lie side by side, so that its cell update can follow at once.
 *
 * <pre>
 *   fp32   [block][k][gate][BLOCK units]                 k: the inputs, then the hidden values
 *   int8   [block][k/4][gate][BLOCK units][2 pairs]      k: the inputs padded to a multiple of 4, then the hidden
 *                                                        values padded to a multiple of 4
 * </pre>
 * A pair is the 16-bit integer q[k] + 128 + 256 q[k + 1] for an even k, as {@link VectorProductInt8} wants it. Gates are
 * in the order i, f, g, o. Elements are little endian. Padding is zero: padded k meet digits that are zero, padded
 * units row factors that are zero. One k of fp32 and one group of four k of int8 are both {@value #GROUP_BYTES} bytes.
 * The first byte is aligned to {@value #ALIGNMENT}.
 * Vectors per row (bias, row factors) are packed to {@code [block][gate][BLOCK units]}.
 */
final class PackedLayout {
    /** Units of a block: one 512-bit vector of floats or ints a gate. */
    static final int BLOCK = 16;
    static final int GATES = 4;
    /** Rows of a block. */
    static final int ROWS = GATES * BLOCK;
    /** Bytes of a block's rows for one k (fp32) or four (int8). */
    static final int GROUP_BYTES = 4 * ROWS;
    static final int ALIGNMENT = 64;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort PAIR = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private PackedLayout() {}

    static int blocks(int hiddenSize) {
        return (hiddenSize + BLOCK - 1) / BLOCK;
    }

    /** Groups of four that {@code size} values fill. */
    static int groups(int size) {
        return (size + 3) / 4;
    }

    static MemorySegment packFp32(Lstm lstm, Tensor weightIh, Tensor weightHh, Arena arena) {
        int inputs = lstm.inputSize();
        int steps = inputs + lstm.hiddenSize();
        MemorySegment packed = arena.allocate((long) blocks(lstm.hiddenSize()) * steps * GROUP_BYTES, ALIGNMENT);
        forEachRow(lstm.hiddenSize(), (row, block, slot) -> {
            long base = (long) block * steps * GROUP_BYTES + 4L * slot;
            for (int k = 0; k < steps; k++) {
                float weight = k < inputs ? weightIh.floatAt((long) row * inputs + k)
                        : weightHh.floatAt((long) row * lstm.hiddenSize() + k - inputs);
                packed.set(FLOAT, base + (long) k * GROUP_BYTES, weight);
            }
        });
        return packed;
    }

    static MemorySegment packInt8(Lstm lstm, Tensor weightIh, Tensor weightHh, Arena arena) {
        int inputGroups = groups(lstm.inputSize());
        int steps = inputGroups + groups(lstm.hiddenSize());
        MemorySegment packed = arena.allocate((long) blocks(lstm.hiddenSize()) * steps * GROUP_BYTES, ALIGNMENT);
        forEachRow(lstm.hiddenSize(), (row, block, slot) -> {
            long base = (long) block * steps * GROUP_BYTES + 4L * slot;
            copyRow(weightIh, row, packed, base);
            copyRow(weightHh, row, packed, base + (long) inputGroups * GROUP_BYTES);
        });
        return packed;
    }

    /** Rows in blocks of {@link #ROWS}: {@code [block][k][ROWS]}. */
    static MemorySegment packDense(Dense dense, Tensor weight, Arena arena) {
        int inputs = dense.inputSize();
        int blocks = (dense.outputSize() + ROWS - 1) / ROWS;
        MemorySegment packed = arena.allocate((long) blocks * inputs * GROUP_BYTES, ALIGNMENT);
        for (int row = 0; row < dense.outputSize(); row++) {
            long base = (long) (row / ROWS) * inputs * GROUP_BYTES + 4L * (row % ROWS);
            for (int k = 0; k < inputs; k++) {
                packed.set(FLOAT, base + (long) k * GROUP_BYTES, weight.floatAt((long) row * inputs + k));
            }
        }
        return packed;
    }

    private static void copyRow(Tensor matrix, int row, MemorySegment packed, long base) {
        int columns = matrix.shape().getLast();
        long start = (long) row * columns;
        for (int k = 0; k < columns; k += 2) {
            int low = matrix.data().get(ValueLayout.JAVA_BYTE, start + k);
            int high = k + 1 < columns ? matrix.data().get(ValueLayout.JAVA_BYTE, start + k + 1) : 0;
            packed.set(PAIR, base + (long) (k / 4) * GROUP_BYTES + k % 4, (short) (low + 128 + (high << 8)));
        }
    }

    /** {@code [4*hidden]} to {@code [block][gate][BLOCK]}. */
    static float[] packRows(int hiddenSize, float[] rows) {
        float[] packed = new float[blocks(hiddenSize) * ROWS];
        forEachRow(hiddenSize, (row, block, slot) -> packed[block * ROWS + slot] = rows[row]);
        return packed;
    }

    private interface RowVisitor {
        void visit(int row, int block, int slot);
    }

    /** Visits every row of a stacked matrix with its block and its place {@code gate * BLOCK + unit} there. */
    private static void forEachRow(int hiddenSize, RowVisitor visitor) {
        for (int gate = 0; gate < GATES; gate++) {
            for (int unit = 0; unit < hiddenSize; unit++) {
                visitor.visit(gate * hiddenSize + unit, unit / BLOCK, gate * BLOCK + unit % BLOCK);
            }
        }
    }
}
