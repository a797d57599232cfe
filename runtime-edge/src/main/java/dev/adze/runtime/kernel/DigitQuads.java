package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Int4;

/**
 * Digits as the vector int4 product wants them ({@link VectorProductInt4}). For every four digits d0 to d3, to be
 * broadcast into 16-bit lanes, modulo 2^16:
 * <pre>
 *   first = d0      second = d1 - 16 d0      third = d2 - 16 d1      fourth = d3 - 16 d2
 * </pre>
 * each twice in an int, and for every group of {@link Int4#GROUP} digits start = -8 * their sum, likewise.
 */
final class DigitQuads {
    static final int QUADS_A_GROUP = Int4.GROUP / 4;

    final int[] first;
    final int[] second;
    final int[] third;
    final int[] fourth;
    final int[] start;
    private final int size;

    DigitQuads(int size) {
        this.size = size;
        start = new int[Int4.groups(size)];
        first = new int[start.length * QUADS_A_GROUP];
        second = new int[first.length];
        third = new int[first.length];
        fourth = new int[first.length];
    }

    /** @param digits {@code [size]} or longer, with zeros from {@code size} up to a multiple of four */
    void pack(int[] digits) {
        java.util.Arrays.fill(start, 0);
        for (int quad = 0; 4 * quad < size; quad++) {
            int d0 = digits[4 * quad];
            int d1 = digits[4 * quad + 1];
            int d2 = digits[4 * quad + 2];
            int d3 = digits[4 * quad + 3];
            first[quad] = twice(d0);
            second[quad] = twice(d1 - (d0 << 4));
            third[quad] = twice(d2 - (d1 << 4));
            fourth[quad] = twice(d3 - (d2 << 4));
            start[quad / QUADS_A_GROUP] -= 8 * (d0 + d1 + d2 + d3);
        }
        for (int group = 0; group < start.length; group++) {
            start[group] = twice(start[group]);
        }
    }

    private static int twice(int value) {
        return (value & 0xFFFF) | (value << 16);
    }
}
