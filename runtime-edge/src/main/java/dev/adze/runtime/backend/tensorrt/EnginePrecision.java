package dev.adze.runtime.backend.tensorrt;

import java.util.List;

/** What an engine computes its matrix products with. */
public enum EnginePrecision {
    FP32,
    /** Weights, products and gates in half precision; inputs, outputs and state stay single. */
    FP16,
    /**
     * Weights with a scale a row and hidden values at 1/127, both int8; the first layer's product with the features, whose
     * range nobody knows, stays single, as do gates and state.
     */
    INT8,
    /** As {@link #INT8} with 8-bit floats (E4M3) and one scale a matrix. */
    FP8;

    /**
     * Those worth trying for a bundle, the most likely first. What is further from the golden vectors than the bundle's
     * tolerance is dropped later.
     *
     * @param capability of the GPU, 87 for 8.7
     * @param stronglyTyped whether this TensorRT takes strongly typed networks, which FP8 needs
     */
    static List<EnginePrecision> worthTrying(dev.adze.runtime.model.Precision bundle, int capability, boolean stronglyTyped) {
        boolean fp8 = capability >= 89 && stronglyTyped;
        return switch (bundle) {
            case FP32, FP16, INT4, MIXED -> List.of(FP16, FP32);
            case INT8 -> fp8 ? List.of(INT8, FP16, FP8, FP32) : List.of(INT8, FP16, FP32);
        };
    }
}
