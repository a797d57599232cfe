package dev.adze.runtime.kernel;

/**
 * Digits as the vector int8 product wants them ({@link VectorProductInt8}): for group g of digits d0 to d3, k = 4g to
 * 4g + 3, the short pairs {@code even[g] = (d0, d2)} and {@code odd[g] = (d1 - 256 d0, d3 - 256 d2)}, low half first,
 * to be broadcast into 32-bit lanes.
 */
final class DigitPairs {
    final int[] even;
    final int[] odd;

    DigitPairs(int size) {
        int groups = (size + 3) / 4;
        even = new int[groups];
        odd = new int[groups];
    }

    int groups() {
        return even.length;
    }

    /** @param digits at least {@code 4 * groups()} long; zero where there is no value */
    void pack(int[] digits) {
        for (int g = 0; g < even.length; g++) {
            int k = 4 * g;
            even[g] = (digits[k] & 0xFFFF) | (digits[k + 2] << 16);
            odd[g] = ((digits[k + 1] - (digits[k] << 8)) & 0xFFFF) | ((digits[k + 3] - (digits[k + 2] << 8)) << 16);
        }
    }
}
