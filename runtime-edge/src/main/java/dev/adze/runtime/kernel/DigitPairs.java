package dev.adze.runtime.kernel;

/**
 * Digits as the vector int8 product wants them ({@link VectorProductInt8}). For group g of digits d0 to d3, k = 4g to
 * 4g + 3, pairs of shorts, low half first, to be broadcast into 32-bit lanes:
 * <pre>
 *   even[g]   = (d0, d2)
 *   odd[g]    = (d1 - 256 d0, d3 - 256 d2)
 *   offset[g] = (32768 - 128 d0, 32768 - 128 d2)       all modulo 2^16
 * </pre>
 */
final class DigitPairs {
    final int[] even;
    final int[] odd;
    final int[] offset;

    DigitPairs(int size) {
        int groups = PackedLayout.groups(size);
        even = new int[groups];
        odd = new int[groups];
        offset = new int[groups];
        pack(new int[4 * groups]);
    }

    /** @param digits at least four a group; zero where there is no value */
    void pack(int[] digits) {
        for (int g = 0; g < even.length; g++) {
            int d0 = digits[4 * g];
            int d2 = digits[4 * g + 2];
            even[g] = pair(d0, d2);
            odd[g] = pair(digits[4 * g + 1] - (d0 << 8), digits[4 * g + 3] - (d2 << 8));
            offset[g] = pair(0x8000 - (d0 << 7), 0x8000 - (d2 << 7));
        }
    }

    private static int pair(int low, int high) {
        return (low & 0xFFFF) | (high << 16);
    }
}
