package dev.adze.runtime.model;

/** How a layer's, or all layers', matrices are stored and computed with; everything else is F32 (docs/bundle-format.md). */
public enum Precision {
    /** IEEE-754 single precision. */
    FP32,
    /** IEEE-754 half precision, computed in single. */
    FP16,
    /** 8-bit integers with a scale a row. */
    INT8,
    /** 4-bit integers with a scale a row and a multiplier a group. */
    INT4,
    /** Of a network: layers differ ({@link LayerPrecisions} tells how). No layer has it. */
    MIXED
}
