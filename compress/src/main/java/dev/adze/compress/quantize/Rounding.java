package dev.adze.compress.quantize;

/** Which whole number of steps a weight becomes. */
public enum Rounding {
    /** The nearest. */
    NEAREST,
    /** So that products with real inputs change least ({@link GramRounding}). */
    CALIBRATED
}
