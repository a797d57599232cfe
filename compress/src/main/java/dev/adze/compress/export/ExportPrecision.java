package dev.adze.compress.export;

/** Precision words of the command line; what they mean in a format is told in docs/exports.md. */
public enum ExportPrecision {
    FP32("fp32"),
    /** ONNX: DynamicQuantizeLSTM. TensorFlow Lite: hybrid. */
    INT8("int8"),
    /** ONNX: products of integers by QuantizeLinear and DequantizeLinear round weights and activations. */
    INT8_QDQ("int8-qdq"),
    /** ONNX: int8 weights through DequantizeLinear into LSTM, fp32 products. */
    INT8_WEIGHTS("int8-weights"),
    /** TensorFlow Lite: integers throughout. */
    INT8_FULL("int8-full"),
    /** TensorFlow Lite Micro: int16 activations, int8 weights. */
    INT16X8("int16x8");

    private final String word;

    ExportPrecision(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
