package dev.adze.compress.export;

import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.model.Precision;

/**
 * How far an exported file may be from its bundle, in scaled units, where an output's standard deviation is about 1.
 * Chosen on random networks, which are worse than trained ones (docs/exports.md has what was measured).
 */
final class Tolerances {
    /** Activations are quantized differently from ours: largest measured 0.014. */
    private static final Manifest.Tolerance DYNAMIC_INT8 = new Manifest.Tolerance(0.04, 0.04);
    /** Features and hidden values of 8 bits with fixed scales: largest measured 0.026. */
    private static final Manifest.Tolerance FULL_INT8 = new Manifest.Tolerance(0.08, 0.08);

    private Tolerances() {}

    static Manifest.Tolerance of(Manifest manifest, ExportPrecision precision) {
        return switch (precision) {
            case FP32 -> switch (manifest.precision()) {
                case FP32, FP16 -> manifest.tolerance(); // half-precision weights are computed with in single
                case INT8, INT4, MIXED -> DYNAMIC_INT8;
            };
            case INT8, INT8_QDQ, INT8_WEIGHTS, INT16X8 -> DYNAMIC_INT8;
            case INT8_FULL -> FULL_INT8;
        };
    }
}
