package dev.adze.compress.quantize;

/** A matrix as integers. */
sealed interface IntegerMatrix permits QuantizedTensor, Int4Quantizer.Quantized {
    /** One a row. */
    float[] scales();
}
