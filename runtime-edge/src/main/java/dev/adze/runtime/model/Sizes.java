package dev.adze.runtime.model;

import dev.adze.runtime.AdzeException;

final class Sizes {
    /** Above any sensor model; keeps 4*hidden*(input+hidden) far inside a long and array indices inside an int. */
    static final int MAX = 16_384;

    private Sizes() {}

    static void requirePositive(String what, int size) {
        if (size < 1 || size > MAX) {
            throw new AdzeException(AdzeException.Kind.USAGE, what + " is " + size + "; it must be 1 to " + MAX);
        }
    }

    static void require(boolean condition, String message) {
        if (!condition) {
            throw new AdzeException(AdzeException.Kind.USAGE, message);
        }
    }
}
