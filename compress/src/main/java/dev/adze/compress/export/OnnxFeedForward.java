package dev.adze.compress.export;

import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Activations, convolutions, attention and static features in standard operators of opset 17. Values are {@code [time, batch, size]}. */
final class OnnxFeedForward {
    private final OnnxGraph graph;
    private final ExportModel model;

    OnnxFeedForward(OnnxGraph graph, ExportModel model) {
        this.graph = graph;
        this.model = model;
    }

    /** {@code out = activation(in)}; an identity gives no node. */
    void activation(Dense.Activation activation, String name, String in, String out) {
        switch (activation) {
            case IDENTITY -> { }
            case RELU -> graph.node("Relu", name + ".relu", List.of(in), List.of(out), Map.of());
            case TANH -> graph.node("Tanh", name + ".tanh", List.of(in), List.of(out), Map.of());
            case GELU -> gelu(name, in, out);
        }
    }

    /** x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) by the operators at hand: opset 17 has no Gelu. */
    private void gelu(String name, String x, String out) {
        String square = node("Mul", name + ".x2", Map.of(), x, x);
        String scaled = node("Mul", name + ".x2c", Map.of(), square, graph.floats(name + ".cubic", new float[] {0.035677407f}, 1));
        String slope = node("Add", name + ".slope", Map.of(), scaled, graph.floats(name + ".linear", new float[] {0.79788456f}, 1));
        String tanh = node("Tanh", name + ".t", Map.of(), node("Mul", name + ".u", Map.of(), x, slope));
        String half = node("Mul", name + ".h", Map.of(), x, graph.floats(name + ".half", new float[] {0.5f}, 1));
        graph.node("Add", name + ".gelu", List.of(node("Mul", name + ".ht", Map.of(), half, tanh), half), List.of(out), Map.of());
    }

    /** Over a window from zero state, padded at the front. */
    String convolution(int index, Convolution layer, String input) {
        String name = "convolution." + index;
        float[] weight = model.weights().get(index, "weight"); // [outputs, kernel, inputs]
        float[] ordered = new float[weight.length];            // [outputs, inputs, kernel]
        for (int i = 0; i < weight.length; i++) {
            int k = i % layer.inputSize();
            int tap = i / layer.inputSize() % layer.kernel();
            ordered[(i / layer.inputSize() / layer.kernel() * layer.inputSize() + k) * layer.kernel() + tap] = weight[i];
        }
        String channelsFirst = node("Transpose", name + ".in", Map.of("perm", new long[] {1, 2, 0}), input);
        String sum = node("Conv", name + ".conv", Map.of("pads", new long[] {layer.reach(), 0},
                "dilations", new long[] {layer.dilation()}), channelsFirst,
                graph.floats(name + ".weight", ordered, layer.outputSize(), layer.inputSize(), layer.kernel()),
                graph.floats(name + ".bias", model.weights().get(index, "bias"), layer.outputSize()));
        String active = layer.activation() == Dense.Activation.IDENTITY ? sum : name + ".active";
        activation(layer.activation(), name, sum, active);
        return node("Transpose", name + ".out", Map.of("perm", new long[] {2, 0, 1}), active);
    }

    String selfAttention(int index, SelfAttention layer, String input) {
        return attended("self-attention." + index, index, layer, input);
    }

    String transformer(int index, TransformerLayer layer, String input) {
        String name = "transformer." + index;
        String middle = normalised(name + ".middle", index, "norm_attention", attended(name, index, layer.attention(), input));
        String wide = node("Relu", name + ".relu", Map.of(),
                affine(name + ".up", index, "weight_up", "bias_up", middle, layer.inputSize(), layer.feedForwardSize()));
        String down = affine(name + ".down", index, "weight_down", "bias_down", wide, layer.feedForwardSize(), layer.inputSize());
        return normalised(name + ".out", index, "norm_output", node("Add", name + ".both", Map.of(), middle, down));
    }

    /**
     * @param features of the network, {@code [time, batch, inputs]}
     * @param last     whether {@code input} is of the last step alone, {@code [batch, size]}
     */
    String statics(int index, StaticFeatures layer, String input, String features, boolean last) {
        String name = "static-features." + index;
        String of = last ? newest(name + ".newest", features) : features;
        String columns = graph.longs(name + ".columns", layer.features().stream().mapToLong(Integer::longValue).toArray());
        String taken = node("Gather", name + ".taken", Map.of("axis", last ? 1L : 2L), of, columns);
        return node("Concat", name + ".out", Map.of("axis", last ? 1L : 2L), input, taken);
    }

    /** The last step of {@code [time, batch, size]}: {@code [batch, size]}. */
    String newest(String name, String value) {
        return node("Gather", name, Map.of("axis", 0L), value, scalar(name + ".index", -1));
    }

    /** With the way around. */
    private String attended(String name, int index, SelfAttention layer, String x) {
        long size = layer.inputSize();
        long width = size / layer.heads();
        String qkv = affine(name + ".qkv", index, "weight_qkv", "bias_qkv", x, layer.inputSize(), 3 * layer.inputSize());
        String parted = node("Reshape", name + ".parted", Map.of(), qkv, graph.longs(name + ".parts", 0, 0, 3, layer.heads(), width));
        String heads = node("Transpose", name + ".heads", Map.of("perm", new long[] {2, 1, 3, 0, 4}), parted); // [3, batch, heads, time, width]
        var each = new ArrayList<String>();
        for (String part : List.of("q", "k", "v")) {
            each.add(node("Gather", name + "." + part, Map.of("axis", 0L), heads, scalar(name + "." + part + ".index", each.size())));
        }
        String keys = node("Transpose", name + ".keys", Map.of("perm", new long[] {0, 1, 3, 2}), each.get(1));
        String products = node("Mul", name + ".products", Map.of(), node("MatMul", name + ".scores", Map.of(), each.get(0), keys),
                graph.floats(name + ".factor", new float[] {(float) (1 / Math.sqrt(width))}, 1));
        String shares = node("Softmax", name + ".shares", Map.of("axis", -1L),
                node("Add", name + ".masked", Map.of(), products, laterSteps(name, x)));
        String together = node("Transpose", name + ".together", Map.of("perm", new long[] {2, 0, 1, 3}),
                node("MatMul", name + ".attended", Map.of(), shares, each.get(2)));
        String joined = node("Reshape", name + ".joined", Map.of(), together, graph.longs(name + ".whole", 0, 0, size));
        return node("Add", name + ".sum", Map.of(), x,
                affine(name + ".o", index, "weight_out", "bias_out", joined, layer.inputSize(), layer.inputSize()));
    }

    /** {@code [time, time]}: so low where the column is later than the row that its softmax is 0. */
    private String laterSteps(String name, String x) {
        String time = node("Shape", name + ".time", Map.of("start", 0L, "end", 1L), x);
        String shape = node("Concat", name + ".square", Map.of("axis", 0L), time, time);
        String low = node("Expand", name + ".low", Map.of(), graph.floats(name + ".lowest", new float[] {-1e30f}, 1), shape);
        return node("Trilu", name + ".later", Map.of("upper", 1L), low, scalar(name + ".above", 1));
    }

    private String normalised(String name, int index, String gain, String x) {
        float[] gains = model.weights().get(index, gain);
        return node("LayerNormalization", name, Map.of("axis", -1L), x, graph.floats(name + ".gain", gains, gains.length),
                graph.floats(name + ".bias", model.weights().get(index, gain + "_bias"), gains.length));
    }

    private String affine(String name, int index, String weight, String bias, String x, int inputs, int outputs) {
        String matrix = graph.floats(name + ".weight", OnnxWriter.transpose(model.weights().get(index, weight), outputs, inputs),
                inputs, outputs);
        return node("Add", name, Map.of(), node("MatMul", name + ".product", Map.of(), x, matrix),
                graph.floats(name + ".bias", model.weights().get(index, bias), outputs));
    }

    private String scalar(String name, long value) {
        byte[] bytes = java.nio.ByteBuffer.allocate(Long.BYTES).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(value).array();
        return graph.tensor(name, OnnxGraph.ElementType.INT64, bytes);
    }

    /** A node whose one result has its name. */
    private String node(String operator, String name, Map<String, ?> attributes, String... inputs) {
        graph.node(operator, name + ".node", List.of(inputs), List.of(name), attributes);
        return name;
    }
}
