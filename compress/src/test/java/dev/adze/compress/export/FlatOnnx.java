package dev.adze.compress.export;

import java.util.List;
import java.util.Map;

/** ONNX files of a kind that {@link OnnxWriter} never writes. */
public final class FlatOnnx {
    private FlatOnnx() {}

    /** One matrix product over flattened windows: {@code x [batch, inputs]} to {@code y [batch, outputs]}. */
    public static byte[] linear(float[] weights, Object batch, int inputs, int outputs, String operator) {
        var graph = new OnnxGraph();
        graph.input("x", "", batch, inputs);
        graph.node(operator, "product", List.of("x", graph.floats("w", weights, inputs, outputs)), List.of("y"), Map.of());
        graph.output("y", "", batch, outputs);
        return graph.toByteArray("flat", "1", "");
    }
}
