package dev.adze.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A block's rows times a vector, fp32: {@code sums[row] = fma(w[k][row], x[k], sums[row])} for k ascending, one lane
 * a row. All 64 rows of the block stay in registers, so that the weights stream through once.
 *
 * <p>The text is long because no vector may cross a method of ours: past 18,000 nodes C2 inlines only the Vector API's
 * own methods, and a vector that crosses a call is an object on the heap.
 */
final class VectorProductFp32 {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final int LANES = VectorWidth.LANES;
    private static final int BYTES = LANES * Float.BYTES;

    private VectorProductFp32() {}

    /**
     * @param weights from {@code base} on {@code [n][ROWS]}
     * @param x       {@code [n]} or longer
     * @param sums    {@code [ROWS]}, updated
     */
    static void add(MemorySegment weights, long base, float[] x, int n, float[] sums) {
        switch (VectorWidth.BITS) { // a constant: the compiler keeps one case
            case 512 -> add512(weights, base, x, n, sums);
            case 256 -> add256(weights, base, x, n, sums);
            default -> add128(weights, base, x, n, sums);
        }
    }

    private static void add512(MemorySegment w, long base, float[] x, int n, float[] sums) {
        FloatVector a0 = FloatVector.fromArray(F, sums, 0);
        FloatVector a1 = FloatVector.fromArray(F, sums, LANES);
        FloatVector a2 = FloatVector.fromArray(F, sums, 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(F, sums, 3 * LANES);
        for (int k = 0; k < n; k++) {
            FloatVector v = FloatVector.broadcast(F, x[k]);
            long p = base + (long) k * PackedLayout.GROUP_BYTES;
            a0 = FloatVector.fromMemorySegment(F, w, p, LE).fma(v, a0);
            a1 = FloatVector.fromMemorySegment(F, w, p + BYTES, LE).fma(v, a1);
            a2 = FloatVector.fromMemorySegment(F, w, p + 2 * BYTES, LE).fma(v, a2);
            a3 = FloatVector.fromMemorySegment(F, w, p + 3 * BYTES, LE).fma(v, a3);
        }
        a0.intoArray(sums, 0);
        a1.intoArray(sums, LANES);
        a2.intoArray(sums, 2 * LANES);
        a3.intoArray(sums, 3 * LANES);
    }

    private static void add256(MemorySegment w, long base, float[] x, int n, float[] sums) {
        FloatVector a0 = FloatVector.fromArray(F, sums, 0);
        FloatVector a1 = FloatVector.fromArray(F, sums, LANES);
        FloatVector a2 = FloatVector.fromArray(F, sums, 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(F, sums, 3 * LANES);
        FloatVector a4 = FloatVector.fromArray(F, sums, 4 * LANES);
        FloatVector a5 = FloatVector.fromArray(F, sums, 5 * LANES);
        FloatVector a6 = FloatVector.fromArray(F, sums, 6 * LANES);
        FloatVector a7 = FloatVector.fromArray(F, sums, 7 * LANES);
        for (int k = 0; k < n; k++) {
            FloatVector v = FloatVector.broadcast(F, x[k]);
            long p = base + (long) k * PackedLayout.GROUP_BYTES;
            a0 = FloatVector.fromMemorySegment(F, w, p, LE).fma(v, a0);
            a1 = FloatVector.fromMemorySegment(F, w, p + BYTES, LE).fma(v, a1);
            a2 = FloatVector.fromMemorySegment(F, w, p + 2 * BYTES, LE).fma(v, a2);
            a3 = FloatVector.fromMemorySegment(F, w, p + 3 * BYTES, LE).fma(v, a3);
            a4 = FloatVector.fromMemorySegment(F, w, p + 4 * BYTES, LE).fma(v, a4);
            a5 = FloatVector.fromMemorySegment(F, w, p + 5 * BYTES, LE).fma(v, a5);
            a6 = FloatVector.fromMemorySegment(F, w, p + 6 * BYTES, LE).fma(v, a6);
            a7 = FloatVector.fromMemorySegment(F, w, p + 7 * BYTES, LE).fma(v, a7);
        }
        a0.intoArray(sums, 0);
        a1.intoArray(sums, LANES);
        a2.intoArray(sums, 2 * LANES);
        a3.intoArray(sums, 3 * LANES);
        a4.intoArray(sums, 4 * LANES);
        a5.intoArray(sums, 5 * LANES);
        a6.intoArray(sums, 6 * LANES);
        a7.intoArray(sums, 7 * LANES);
    }

    /** Two halves of the rows, eight accumulators each: x86 without AVX-512 has only 16 vector registers. */
    private static void add128(MemorySegment w, long base, float[] x, int n, float[] sums) {
        addHalf128(w, base, x, n, sums, 0);
        addHalf128(w, base, x, n, sums, 8);
    }

    private static void addHalf128(MemorySegment w, long base, float[] x, int n, float[] sums, int first) {
        FloatVector a0 = FloatVector.fromArray(F, sums, first * LANES);
        FloatVector a1 = FloatVector.fromArray(F, sums, (first + 1) * LANES);
        FloatVector a2 = FloatVector.fromArray(F, sums, (first + 2) * LANES);
        FloatVector a3 = FloatVector.fromArray(F, sums, (first + 3) * LANES);
        FloatVector a4 = FloatVector.fromArray(F, sums, (first + 4) * LANES);
        FloatVector a5 = FloatVector.fromArray(F, sums, (first + 5) * LANES);
        FloatVector a6 = FloatVector.fromArray(F, sums, (first + 6) * LANES);
        FloatVector a7 = FloatVector.fromArray(F, sums, (first + 7) * LANES);
        for (int k = 0; k < n; k++) {
            FloatVector v = FloatVector.broadcast(F, x[k]);
            long p = base + (long) k * PackedLayout.GROUP_BYTES + (long) first * BYTES;
            a0 = FloatVector.fromMemorySegment(F, w, p, LE).fma(v, a0);
            a1 = FloatVector.fromMemorySegment(F, w, p + BYTES, LE).fma(v, a1);
            a2 = FloatVector.fromMemorySegment(F, w, p + 2 * BYTES, LE).fma(v, a2);
            a3 = FloatVector.fromMemorySegment(F, w, p + 3 * BYTES, LE).fma(v, a3);
            a4 = FloatVector.fromMemorySegment(F, w, p + 4 * BYTES, LE).fma(v, a4);
            a5 = FloatVector.fromMemorySegment(F, w, p + 5 * BYTES, LE).fma(v, a5);
            a6 = FloatVector.fromMemorySegment(F, w, p + 6 * BYTES, LE).fma(v, a6);
            a7 = FloatVector.fromMemorySegment(F, w, p + 7 * BYTES, LE).fma(v, a7);
        }
        a0.intoArray(sums, first * LANES);
        a1.intoArray(sums, (first + 1) * LANES);
        a2.intoArray(sums, (first + 2) * LANES);
        a3.intoArray(sums, (first + 3) * LANES);
        a4.intoArray(sums, (first + 4) * LANES);
        a5.intoArray(sums, (first + 5) * LANES);
        a6.intoArray(sums, (first + 6) * LANES);
        a7.intoArray(sums, (first + 7) * LANES);
    }
}
