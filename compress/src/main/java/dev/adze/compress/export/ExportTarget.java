package dev.adze.compress.export;

/** File formats that a bundle can be exported to. */
public enum ExportTarget {
    /** ONNX, for ONNX Runtime and whatever reads ONNX. */
    ONNX("ONNX"),
    /** TensorFlow Lite. */
    TFLITE("TensorFlow Lite"),
    /** safetensors with the names of {@code torch.nn.LSTM}, for PyTorch. */
    SAFETENSORS("safetensors");

    private final String title;

    ExportTarget(String title) {
        this.title = title;
    }

    /** The format's name in sentences. */
    public String title() {
        return title;
    }
}
