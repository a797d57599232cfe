package dev.adze.compress.export;

import dev.adze.compress.proto.ProtoWriter;
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

    /**
     * A tree ensemble over flattened windows, as converters of scikit-learn and gradient boosting libraries write it: two trees of
     * one split each, two outputs. Below or at {@code threshold}, feature {@code first} adds (1, 2), else (-1, 0.5); feature
     * {@code second} adds (10, 0), else (0, 20).
     */
    public static byte[] trees(int inputs, int first, int second, float threshold) {
        var node = new ProtoWriter().text(1, "x").text(2, "y").text(3, "trees").text(4, "TreeEnsembleRegressor").text(7, "ai.onnx.ml");
        node.message(5, new ProtoWriter().text(1, "n_targets").integer(3, 2).integer(20, 2));
        node.message(5, new ProtoWriter().text(1, "aggregate_function").text(4, "SUM").integer(20, 3));
        ints(node, "nodes_treeids", 0, 0, 0, 1, 1, 1);
        ints(node, "nodes_nodeids", 0, 1, 2, 0, 1, 2);
        ints(node, "nodes_featureids", first, 0, 0, second, 0, 0);
        ints(node, "nodes_truenodeids", 1, 0, 0, 1, 0, 0);
        ints(node, "nodes_falsenodeids", 2, 0, 0, 2, 0, 0);
        floats(node, "nodes_values", threshold, 0, 0, threshold, 0, 0);
        var modes = new ProtoWriter().text(1, "nodes_modes");
        for (String mode : List.of("BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF")) {
            modes.text(9, mode);
        }
        node.message(5, modes.integer(20, 8));
        ints(node, "target_treeids", 0, 0, 0, 0, 1, 1);
        ints(node, "target_nodeids", 1, 1, 2, 2, 1, 2);
        ints(node, "target_ids", 0, 1, 0, 1, 0, 1);
        floats(node, "target_weights", 1, 2, -1, 0.5f, 10, 20);
        var graph = new ProtoWriter().message(1, node).text(2, "trees").message(11, value("x", inputs)).message(12, value("y", 2));
        return new ProtoWriter().integer(1, 8).message(7, graph).message(8, new ProtoWriter().text(1, "").integer(2, 17))
                .message(8, new ProtoWriter().text(1, "ai.onnx.ml").integer(2, 3)).toByteArray();
    }

    private static void ints(ProtoWriter node, String name, long... values) {
        var attribute = new ProtoWriter().text(1, name);
        for (long value : values) {
            attribute.integer(8, value);
        }
        node.message(5, attribute.integer(20, 7));
    }

    private static void floats(ProtoWriter node, String name, float... values) {
        var attribute = new ProtoWriter().text(1, name);
        for (float value : values) {
            attribute.fixed32(7, value);
        }
        node.message(5, attribute.integer(20, 6));
    }

    /** Floats {@code [batch, columns]}. */
    private static ProtoWriter value(String name, int columns) {
        var shape = new ProtoWriter().message(1, new ProtoWriter().text(2, "batch")).message(1, new ProtoWriter().integer(1, columns));
        return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, new ProtoWriter().integer(1, 1).message(2, shape)));
    }
}
