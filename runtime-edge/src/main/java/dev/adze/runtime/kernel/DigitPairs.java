package dev.adze.runtime.kernel;

/**
 * Digits as the vector int8 product wants them. Group g holds digits k = 4g..4g+3: {@code even[g]} is the short pair
 * (k0 low, k2 high), {@code odd[g]} the pair (k1 low, k3 high), to be broadcast into 32-bit lanes.
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
            odd[g] = (digits[k + 1] & 0xFFFF) | (digits[k + 3] << 16);
        }
    }
}
