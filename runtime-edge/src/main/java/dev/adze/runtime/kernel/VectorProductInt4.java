package dev.adze.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.adze.runtime.model.Int4;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A block's rows times digits, int4, exact: {@code sums[row] = sum over groups of multiplier[row] * sum over k of
 * q[row][k] * digit[k]}.
 *
 * <p>A 16-bit lane holds four consecutive k of a row, w = n0 + 16 n1 + 256 n2 + 4096 n3 with n = q + 8. Modulo 2^16,
 * <pre>
 *   w d0 + (w >>> 4)(d1 - 16 d0) + (w >>> 8)(d2 - 16 d1) + (w >>> 12)(d3 - 16 d2)  =  n0 d0 + n1 d1 + n2 d2 + n3 d3
 * </pre>
 * with the factors from {@link DigitQuads}. A group's sum starts with -8 times that of its digits and so ends as that of
 * q d, within 32 * 7 * 127 = 28,448. Eleven operations for four products a lane, three quarters of what int8 needs.
 *
 * <p>Lane 2j of a vector holds the row first + j, lane 2j + 1 the row first + j + {@link VectorWidth#LANES}, so that
 * shifts of 32-bit lanes give the sums of consecutive rows. The packed form so depends on the width.
 */
final class VectorProductInt4 {
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final VectorSpecies<Short> S = VectorWidth.SHORTS;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(LE);
    private static final int LANES = VectorWidth.LANES;
    private static final int BYTES = LANES * Integer.BYTES;
    private static final int ROW_BYTES = PackedLayout.ROWS * Short.BYTES;
    /** Multipliers of 64 rows, then eight quads of each. */
    private static final int GROUP_BYTES = (1 + DigitQuads.QUADS_A_GROUP) * ROW_BYTES;

    private VectorProductInt4() {}

    /** Bytes of a block's rows for one matrix. */
    static long blockBytes(int columns) {
        return (long) Int4.groups(columns) * GROUP_BYTES;
    }

    /**
     * Packs one row of a block.
     *
     * @param q           {@code [columns]} from {@code from} on
     * @param multipliers one a group from {@code fromMultiplier} on
     * @param packed      zeroed; the block's rows from {@code base} on: {@code [group] { multipliers [ROWS],
     *                    [quad][ROWS] }}, shorts, rows in the order of the class comment
     * @param slot        of the row in the block
     */
    static void packRow(byte[] q, int from, int columns, byte[] multipliers, int fromMultiplier, MemorySegment packed,
            long base, int slot) {
        long lane = base + (long) Short.BYTES * (slot / (2 * LANES) * 2 * LANES + slot % LANES * 2 + slot / LANES % 2);
        for (int group = 0; group < Int4.groups(columns); group++) {
            long place = lane + (long) group * GROUP_BYTES;
            packed.set(SHORT, place, multipliers[fromMultiplier + group]);
            for (int quad = group * DigitQuads.QUADS_A_GROUP; quad < (group + 1) * DigitQuads.QUADS_A_GROUP; quad++) {
                place += ROW_BYTES;
                int w = 0;
                for (int k = 4 * quad; k < Math.min(4 * quad + 4, columns); k++) {
                    w |= q[from + k] + 8 << 4 * (k % 4);
                }
                packed.set(SHORT, place, (short) w);
            }
        }
    }

    /** @param sums receives {@code [ROWS]} */
    static void multiply(MemorySegment weights, long base, DigitQuads digits, int[] sums) {
        for (int first = 0; first < PackedLayout.ROWS; first += 4 * LANES) {
            multiplyTwo(weights, base + (long) first * Short.BYTES, digits, sums, first);
        }
    }

    private static void multiplyTwo(MemorySegment w, long base, DigitQuads digits, int[] sums, int first) {
        IntVector even0 = IntVector.zero(I);
        IntVector odd0 = even0;
        IntVector even1 = even0;
        IntVector odd1 = even0;
        int[] f0 = digits.first;
        int[] f1 = digits.second;
        int[] f2 = digits.third;
        int[] f3 = digits.fourth;
        int[] start = digits.start;
        for (int g = 0; g < start.length; g++) {
            ShortVector a0 = IntVector.broadcast(I, start[g]).reinterpretAsShorts();
            ShortVector a1 = a0;
            long p = base + (long) g * GROUP_BYTES;
            long multipliers = p;
            for (int quad = g * DigitQuads.QUADS_A_GROUP; quad < (g + 1) * DigitQuads.QUADS_A_GROUP; quad++) {
                p += ROW_BYTES;
                ShortVector x0 = IntVector.broadcast(I, f0[quad]).reinterpretAsShorts();
                ShortVector x1 = IntVector.broadcast(I, f1[quad]).reinterpretAsShorts();
                ShortVector x2 = IntVector.broadcast(I, f2[quad]).reinterpretAsShorts();
                ShortVector x3 = IntVector.broadcast(I, f3[quad]).reinterpretAsShorts();
                ShortVector w0 = ShortVector.fromMemorySegment(S, w, p, LE);
                a0 = a0.add(w0.mul(x0).add(w0.lanewise(LSHR, 4).mul(x1))
                        .add(w0.lanewise(LSHR, 8).mul(x2).add(w0.lanewise(LSHR, 12).mul(x3))));
                ShortVector w1 = ShortVector.fromMemorySegment(S, w, p + BYTES, LE);
                a1 = a1.add(w1.mul(x0).add(w1.lanewise(LSHR, 4).mul(x1))
                        .add(w1.lanewise(LSHR, 8).mul(x2).add(w1.lanewise(LSHR, 12).mul(x3))));
            }
            IntVector s0 = a0.reinterpretAsInts();
            IntVector m0 = IntVector.fromMemorySegment(I, w, multipliers, LE);
            even0 = even0.add(s0.lanewise(LSHL, 16).lanewise(ASHR, 16).mul(m0.and(0xFFFF)));
            odd0 = odd0.add(s0.lanewise(ASHR, 16).mul(m0.lanewise(LSHR, 16)));
            IntVector s1 = a1.reinterpretAsInts();
            IntVector m1 = IntVector.fromMemorySegment(I, w, multipliers + BYTES, LE);
            even1 = even1.add(s1.lanewise(LSHL, 16).lanewise(ASHR, 16).mul(m1.and(0xFFFF)));
            odd1 = odd1.add(s1.lanewise(ASHR, 16).mul(m1.lanewise(LSHR, 16)));
        }
        even0.intoArray(sums, first);
        odd0.intoArray(sums, first + LANES);
        even1.intoArray(sums, first + 2 * LANES);
        odd1.intoArray(sums, first + 3 * LANES);
    }
}
