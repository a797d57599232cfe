package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

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
        int hidden = lstm.hiddenSize();
        float[] ih = weightIh.toFloats();
        float[] hh = weightHh.toFloats();
        float[] block = new float[(inputs + hidden) * ROWS];
        MemorySegment packed = arena.allocate((long) blocks(hidden) * block.length * Float.BYTES, ALIGNMENT);
        for (int b = 0; b < blocks(hidden); b++) {
            Arrays.fill(block, 0);
            for (int slot = 0; slot < ROWS; slot++) {
                int row = row(hidden, b, slot);
                for (int k = 0; row >= 0 && k < inputs; k++) {
                    block[k * ROWS + slot] = ih[row * inputs + k];
                }
                for (int k = 0; row >= 0 && k < hidden; k++) {
                    block[(inputs + k) * ROWS + slot] = hh[row * hidden + k];
                }
            }
            MemorySegment.copy(block, 0, packed, FLOAT, (long) b * block.length * Float.BYTES, block.length);
        }
        return packed;
    }

    static MemorySegment packInt8(Lstm lstm, Tensor weightIh, Tensor weightHh, Arena arena) {
        int hidden = lstm.hiddenSize();
        int inputGroups = groups(lstm.inputSize());
        byte[] ih = weightIh.toBytes();
        byte[] hh = weightHh.toBytes();
        short[] block = new short[(inputGroups + groups(hidden)) * ROWS * 2];
        MemorySegment packed = arena.allocate((long) blocks(hidden) * block.length * Short.BYTES, ALIGNMENT);
        for (int b = 0; b < blocks(hidden); b++) {
            Arrays.fill(block, (short) 0);
            for (int slot = 0; slot < ROWS; slot++) {
                int row = row(hidden, b, slot);
                if (row >= 0) {
                    packPairs(ih, row * lstm.inputSize(), lstm.inputSize(), block, 2 * slot);
                    packPairs(hh, row * hidden, hidden, block, 2 * (inputGroups * ROWS + slot));
                }
            }
            MemorySegment.copy(block, 0, packed, PAIR, (long) b * block.length * Short.BYTES, block.length);
        }
        return packed;
    }

    private static void packPairs(byte[] q, int from, int count, short[] block, int to) {
        for (int k = 0; k < count; k += 2) {
            int high = k + 1 < count ? q[from + k + 1] : 0;
            block[to + k / 4 * ROWS * 2 + k % 4 / 2] = (short) (q[from + k] + 128 + (high << 8));
        }
    }

    static MemorySegment packDense(Dense dense, Tensor weight, Arena arena) {
        return packRowsFp32(dense.outputSize(), dense.inputSize(), weight.toFloats(), arena);
    }

    /** Any matrix, rows in blocks of {@link #ROWS}: {@code [block][k][ROWS]}. */
    static MemorySegment packRowsFp32(int rows, int columns, float[] matrix, Arena arena) {
        float[] packed = new float[(rows + ROWS - 1) / ROWS * columns * ROWS];
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < columns; k++) {
                packed[(row / ROWS * columns + k) * ROWS + row % ROWS] = matrix[row * columns + k];
            }
        }
        MemorySegment segment = arena.allocate((long) packed.length * Float.BYTES, ALIGNMENT);
        MemorySegment.copy(packed, 0, segment, FLOAT, 0, packed.length);
        return segment;
    }

    /** Any matrix, rows in blocks of {@link #ROWS}: {@code [block][k/4][ROWS][2 pairs]}. */
    static MemorySegment packRowsInt8(int rows, int columns, byte[] matrix, Arena arena) {
        int blockPairs = groups(columns) * ROWS * 2;
        short[] packed = new short[(rows + ROWS - 1) / ROWS * blockPairs];
        for (int row = 0; row < rows; row++) {
            packPairs(matrix, row * columns, columns, packed, row / ROWS * blockPairs + 2 * (row % ROWS));
        }
        MemorySegment segment = arena.allocate((long) packed.length * Short.BYTES, ALIGNMENT);
        MemorySegment.copy(packed, 0, segment, PAIR, 0, packed.length);
        return segment;
    }

    /** {@code [4*hidden]} to {@code [block][gate][BLOCK]}. */
    static float[] packRows(int hiddenSize, float[] rows) {
        float[] packed = new float[blocks(hiddenSize) * ROWS];
        for (int i = 0; i < packed.length; i++) {
            int row = row(hiddenSize, i / ROWS, i % ROWS);
            packed[i] = row < 0 ? 0 : rows[row];
        }
        return packed;
    }

    /** The row of a stacked matrix {@code [gate, unit]} at a block's place {@code gate * BLOCK + unit}; -1 for padding. */
    private static int row(int hiddenSize, int block, int slot) {
        int unit = block * BLOCK + slot % BLOCK;
        return unit < hiddenSize ? slot / BLOCK * hiddenSize + unit : -1;
    }
}
