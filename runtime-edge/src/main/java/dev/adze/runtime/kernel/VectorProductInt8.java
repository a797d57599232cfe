package dev.adze.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A block's rows times digits, int8, exact: {@code sums[row] = sum over k of q[row][k] * digit[k]}, one 32-bit lane a
 * row.
 *
 * <p>A lane holds four consecutive k as two 16-bit pairs w = q0 + 128 + 256 q1 ({@link PackedLayout}), so that
 * {@code w >> 8} is q1. Short arithmetic is modulo 2^16, and so
 * <pre>
 *   w d0 + q1 (d1 - 256 d0) + (32768 - 128 d0)  =  q0 d0 + q1 d1 + 32768
 * </pre>
 * with the three factors of d0 and d1 from {@link DigitPairs}. Two products of magnitudes up to 127 stay within 32,258:
 * the result, unsigned, lies between 0 and 65535. With 2 n such shorts, high and low, in n lanes
 * <pre>
 *   A += lane          A = 2^16 sum(high) + sum(low)    modulo 2^32
 *   H += lane >>> 16   H = sum(high)
 *   sums = (A - 2^16 H) + H - 65536 n
 * </pre>
 * Eight operations for 64 products, as long as the memory takes to deliver the 64 bytes. What else was tried, and what
 * was measured: docs/results/runtime-kernels.md.
 */
final class VectorProductInt8 {
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final VectorSpecies<Short> S = VectorWidth.SHORTS;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final int LANES = VectorWidth.LANES;
    private static final int BYTES = LANES * Integer.BYTES;
    /** Vectors a block's rows take. */
    private static final int VECTORS = PackedLayout.ROWS / LANES;

    private VectorProductInt8() {}

    /**
     * @param weights from {@code base} on {@code [groups][ROWS][2]} pairs
     * @param sums    receives {@code [ROWS]}
     */
    static void multiply(MemorySegment weights, long base, DigitPairs digits, int[] sums) {
        for (int vector = 0; vector < VECTORS; vector += 4) {
            multiplyFour(weights, base + (long) vector * BYTES, digits, sums, vector * LANES);
        }
    }

    private static void multiplyFour(MemorySegment w, long base, DigitPairs digits, int[] sums, int first) {
        IntVector a0 = IntVector.zero(I);
        IntVector a1 = a0;
        IntVector a2 = a0;
        IntVector a3 = a0;
        IntVector h0 = a0;
        IntVector h1 = a0;
        IntVector h2 = a0;
        IntVector h3 = a0;
        int[] even = digits.even;
        int[] odd = digits.odd;
        int[] offset = digits.offset;
        for (int g = 0; g < even.length; g++) {
            ShortVector e = IntVector.broadcast(I, even[g]).reinterpretAsShorts();
            ShortVector o = IntVector.broadcast(I, odd[g]).reinterpretAsShorts();
            ShortVector c = IntVector.broadcast(I, offset[g]).reinterpretAsShorts();
            long p = base + (long) g * PackedLayout.GROUP_BYTES;
            ShortVector w0 = ShortVector.fromMemorySegment(S, w, p, LE);
            IntVector p0 = w0.mul(e).add(w0.lanewise(ASHR, 8).mul(o).add(c)).reinterpretAsInts();
            a0 = a0.add(p0);
            h0 = h0.add(p0.lanewise(LSHR, 16));
            ShortVector w1 = ShortVector.fromMemorySegment(S, w, p + BYTES, LE);
            IntVector p1 = w1.mul(e).add(w1.lanewise(ASHR, 8).mul(o).add(c)).reinterpretAsInts();
            a1 = a1.add(p1);
            h1 = h1.add(p1.lanewise(LSHR, 16));
            ShortVector w2 = ShortVector.fromMemorySegment(S, w, p + 2 * BYTES, LE);
            IntVector p2 = w2.mul(e).add(w2.lanewise(ASHR, 8).mul(o).add(c)).reinterpretAsInts();
            a2 = a2.add(p2);
            h2 = h2.add(p2.lanewise(LSHR, 16));
            ShortVector w3 = ShortVector.fromMemorySegment(S, w, p + 3 * BYTES, LE);
            IntVector p3 = w3.mul(e).add(w3.lanewise(ASHR, 8).mul(o).add(c)).reinterpretAsInts();
            a3 = a3.add(p3);
            h3 = h3.add(p3.lanewise(LSHR, 16));
        }
        IntVector offsets = IntVector.broadcast(I, 0x10000 * even.length);
        a0.sub(h0.lanewise(LSHL, 16)).add(h0).sub(offsets).intoArray(sums, first);
        a1.sub(h1.lanewise(LSHL, 16)).add(h1).sub(offsets).intoArray(sums, first + LANES);
        a2.sub(h2.lanewise(LSHL, 16)).add(h2).sub(offsets).intoArray(sums, first + 2 * LANES);
        a3.sub(h3.lanewise(LSHL, 16)).add(h3).sub(offsets).intoArray(sums, first + 3 * LANES);
    }
}
