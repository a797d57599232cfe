package dev.adze.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A block's rows times digits, int8, exact: {@code sums[row] = sum over k of w[row][k] * digit[k]}, one 32-bit lane a
 * row.
 *
 * <p>A lane of weights holds four consecutive k as bytes. Seen as two shorts, the even bytes (k0, k2) and the odd
 * bytes (k1, k3) are sign-extended by shifts, each multiplied by its {@link DigitPairs}, and added: two products of
 * magnitudes up to 127 stay within 32,258, so a short holds the sum. The two shorts of a lane are then sign-extended
 * by shifts and added to the lane's sum.
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
     * @param weights from {@code base} on {@code [groups][ROWS][4]}
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
        int[] even = digits.even;
        int[] odd = digits.odd;
        for (int g = 0; g < even.length; g++) {
            ShortVector e = IntVector.broadcast(I, even[g]).reinterpretAsShorts();
            ShortVector o = IntVector.broadcast(I, odd[g]).reinterpretAsShorts();
            long p = base + (long) g * PackedLayout.GROUP_BYTES;
            ShortVector w0 = ShortVector.fromMemorySegment(S, w, p, LE);
            IntVector p0 = w0.lanewise(LSHL, 8).lanewise(ASHR, 8).mul(e).add(w0.lanewise(ASHR, 8).mul(o))
                    .reinterpretAsInts();
            a0 = a0.add(p0.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(p0.lanewise(ASHR, 16));
            ShortVector w1 = ShortVector.fromMemorySegment(S, w, p + BYTES, LE);
            IntVector p1 = w1.lanewise(LSHL, 8).lanewise(ASHR, 8).mul(e).add(w1.lanewise(ASHR, 8).mul(o))
                    .reinterpretAsInts();
            a1 = a1.add(p1.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(p1.lanewise(ASHR, 16));
            ShortVector w2 = ShortVector.fromMemorySegment(S, w, p + 2 * BYTES, LE);
            IntVector p2 = w2.lanewise(LSHL, 8).lanewise(ASHR, 8).mul(e).add(w2.lanewise(ASHR, 8).mul(o))
                    .reinterpretAsInts();
            a2 = a2.add(p2.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(p2.lanewise(ASHR, 16));
            ShortVector w3 = ShortVector.fromMemorySegment(S, w, p + 3 * BYTES, LE);
            IntVector p3 = w3.lanewise(LSHL, 8).lanewise(ASHR, 8).mul(e).add(w3.lanewise(ASHR, 8).mul(o))
                    .reinterpretAsInts();
            a3 = a3.add(p3.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(p3.lanewise(ASHR, 16));
        }
        a0.intoArray(sums, first);
        a1.intoArray(sums, first + LANES);
        a2.intoArray(sums, first + 2 * LANES);
        a3.intoArray(sums, first + 3 * LANES);
    }
}
