package dev.adze.compress.export;

/** Precision words of the command line; what they mean in a format is told in docs/exports.md. */
public enum ExportPrecision {
    FP32("fp32"),
    /** ONNX: DynamicQuantizeLSTM. TensorFlow Lite: hybrid. */
    INT8("int8"),
    /** ONNX: DequantizeLinear before LSTM. */
    INT8_QDQ("int8-qdq"),
    /** TensorFlow Lite: integers throughout. */
    INT8_FULL("int8-full");

    private final String word;

    ExportPrecision(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
