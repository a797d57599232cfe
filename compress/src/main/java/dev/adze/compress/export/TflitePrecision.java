package dev.adze.compress.export;

/** How a TensorFlow Lite file holds and computes the LSTM layers; dense layers are fp32 in all. */
public enum TflitePrecision {
    /** fp32 throughout. */
    FP32,
    /** Hybrid: int8 weights with a scale a gate matrix, activations quantized at run time, fp32 state. */
    INT8_HYBRID,
    /**
     * Integers throughout: int8 weights, inputs and hidden state, int16 cell state (8x8 to 16). Needs calibration
     * features.
     */
    INT8_FULL,
    /**
     * Microcontroller kernels' 16x8: int8 weights, int16 inputs, hidden and cell state. TensorFlow Lite itself has no such
     * kernel. Needs calibration features.
     */
    INT16X8
}
