package dev.adze.compress.export;

/** How an ONNX file holds and computes the LSTM layers; dense layers are fp32 in all. */
public enum OnnxPrecision {
    /** Standard operator LSTM, fp32. */
    FP32,
    /** Operator com.microsoft.DynamicQuantizeLSTM of ONNX Runtime: int8 weights with a scale a row, int8 products. */
    INT8_DYNAMIC,
    /**
     * Products of integers by QuantizeLinear and DequantizeLinear round weights and activations, gates written out
     * ({@link OnnxQuantizedRecurrent}). Needs calibration features.
     */
    INT8_QDQ,
    /** int8 weights with a scale a row through DequantizeLinear into the standard LSTM: small file, fp32 products. */
    INT8_WEIGHTS
}
