package dev.adze.compress.quantize;

/**
 * How large a row's int8 scale is. What lies beyond 127 steps of a smaller one is clipped, and all else is rounded more finely.
 */
public enum Calibration {
    /** The largest weight becomes 127: nothing is clipped. */
    MIN_MAX,
    /** The largest but {@link Int8Quantizer#CLIPPED} of the row's weights becomes 127. */
    PERCENTILE,
    /** The scale with the least squared error of the row's weights. */
    MSE,
    /** A part of the row's largest weight, common to the matrix: {@link EntropyClipping}. */
    ENTROPY
}
