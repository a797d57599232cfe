package dev.adze.compress.export;

import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Any network over one window of fixed length as an ONNX graph, for comparing the runtime with ONNX Runtime: its own
 * LSTM (peepholes included) and GRU operators where it has them, layer normalisation unrolled step by step. Values are
 * {@code [steps, size]}, and {@code [1, size]} after pooling.
 */
final class OnnxParts {
    static final String INPUT = "x";
    static final String OUTPUT = "y";

    private final OnnxGraph graph = new OnnxGraph();
    private final Weights weights;
    private final int steps;
    private int names;

    private OnnxParts(Weights weights, int steps) {
        this.weights = weights;
        this.steps = steps;
    }

    static byte[] write(Weights weights, int steps) {
        return new OnnxParts(weights, steps).write();
    }

    private byte[] write() {
        graph.input(INPUT, "", steps, weights.network().inputSize());
        String value = INPUT;
        for (int i = 0; i < weights.network().layers().size(); i++) {
            value = layer(weights.network().layers().get(i), i, value);
        }
        graph.node("Identity", OUTPUT, List.of(value), List.of(OUTPUT), Map.of());
        graph.output(OUTPUT, "", "rows", weights.network().outputSize());
        return graph.toByteArray("parts", "1", "");
    }

    private String layer(Layer layer, int index, String x) {
        return switch (layer) {
            case RecurrentLayer recurrent -> recurrent(recurrent, index, "", x, false);
            case Bidirectional both -> concatenated(1, List.of(recurrent(both.forward(), index, "forward.", x, false),
                    recurrent(both.backward(), index, "backward.", x, true)));
            case Residual residual -> node("Add", x, layer(residual.layer(), index, x));
            case Dense dense -> {
                String y = affine(index, x, dense.inputSize(), dense.outputSize());
                yield activated(dense.activation(), y);
            }
            case MeanPooling _ -> {
                float[] shares = new float[steps];
                Arrays.fill(shares, 1f / steps);
                yield node("MatMul", graph.floats(name(), shares, 1, steps), x);
            }
            case AttentionPooling attention -> {
                String hidden = node("Tanh", affine(index, x, attention.inputSize(), attention.attentionSize()));
                String scores = node("MatMul", hidden,
                        graph.floats(name(), weights.get(index, "query"), attention.attentionSize(), 1));
                yield node("MatMul", node("Softmax", node("Transpose", scores)), x);
            }
            case Convolution convolution -> convolution(convolution, index, x);
            case SelfAttention attention -> node("Add", x, selfAttention(attention, index, x));
            case TransformerLayer transformer -> {
                String a = normalised(index, "norm_attention", node("Add", x, selfAttention(transformer.attention(), index, x)));
                String up = node("Relu", node("Add", node("MatMul", a,
                        matrix(index, "weight_up", transformer.feedForwardSize(), transformer.inputSize())),
                        graph.floats(name(), weights.get(index, "bias_up"), transformer.feedForwardSize())));
                String down = node("Add", node("MatMul", up,
                        matrix(index, "weight_down", transformer.inputSize(), transformer.feedForwardSize())),
                        graph.floats(name(), weights.get(index, "bias_down"), transformer.inputSize()));
                yield normalised(index, "norm_output", node("Add", a, down));
            }
            case StaticFeatures statics -> {
                String columns = graph.longs(name(), statics.features().stream().mapToLong(Integer::longValue).toArray());
                String all = name();
                graph.node("Gather", name(), List.of(INPUT, columns), List.of(all), Map.of("axis", 1L));
                // After pooling there is one row: the last step's.
                boolean pooled = weights.network().layers().subList(0, index).stream().anyMatch(Layer::pools);
                yield concatenated(1, List.of(x, pooled ? row(all, steps - 1) : all));
            }
        };
    }

    private String activated(Dense.Activation activation, String y) {
        return switch (activation) {
            case IDENTITY -> y;
            case RELU -> node("Relu", y);
            case TANH -> node("Tanh", y);
            case GELU -> { // the published formula, term by term
                String cube = node("Mul", y, node("Mul", y, y));
                String inner = node("Add", y, node("Mul", cube, graph.floats(name(), new float[] {0.044715f}, 1)));
                String t = node("Tanh", node("Mul", inner, graph.floats(name(), new float[] {(float) Math.sqrt(2 / Math.PI)}, 1)));
                yield node("Mul", node("Mul", y, graph.floats(name(), new float[] {0.5f}, 1)),
                        node("Add", t, graph.floats(name(), new float[] {1}, 1)));
            }
        };
    }

    /** By ONNX's own operator, padded at the front. */
    private String convolution(Convolution layer, int index, String x) {
        float[] weight = weights.get(index, "weight");
        float[] ordered = new float[weight.length]; // [outputs, inputs, kernel]
        for (int i = 0; i < weight.length; i++) {
            int k = i % layer.inputSize();
            int tap = i / layer.inputSize() % layer.kernel();
            int row = i / layer.inputSize() / layer.kernel();
            ordered[(row * layer.inputSize() + k) * layer.kernel() + tap] = weight[i];
        }
        String y = name();
        graph.node("Conv", name(), List.of(node("Unsqueeze", node("Transpose", x), graph.longs(name(), 0)),
                graph.floats(name(), ordered, layer.outputSize(), layer.inputSize(), layer.kernel()),
                graph.floats(name(), weights.get(index, "bias"), layer.outputSize())), List.of(y),
                Map.of("pads", new long[] {layer.reach(), 0}, "dilations", new long[] {layer.dilation()}));
        return activated(layer.activation(), node("Transpose", node("Squeeze", y, graph.longs(name(), 0))));
    }

    /** Head by head, without the way around. */
    private String selfAttention(SelfAttention layer, int index, String x) {
        int size = layer.inputSize();
        int width = size / layer.heads();
        String qkv = node("Add", node("MatMul", x, matrix(index, "weight_qkv", 3 * size, size)),
                graph.floats(name(), weights.get(index, "bias_qkv"), 3 * size));
        float[] later = new float[steps * steps];
        for (int i = 0; i < later.length; i++) {
            later[i] = i % steps > i / steps ? -1e30f : 0;
        }
        String mask = graph.floats(name(), later, steps, steps);
        String factor = graph.floats(name(), new float[] {(float) (1 / Math.sqrt(width))}, 1);
        var heads = new ArrayList<String>();
        for (int head = 0; head < layer.heads(); head++) {
            String scores = node("MatMul", columns(qkv, head * width, width), node("Transpose", columns(qkv, size + head * width, width)));
            heads.add(node("MatMul", node("Softmax", node("Add", node("Mul", scores, factor), mask)),
                    columns(qkv, 2 * size + head * width, width)));
        }
        return node("Add", node("MatMul", concatenated(1, heads), matrix(index, "weight_out", size, size)),
                graph.floats(name(), weights.get(index, "bias_out"), size));
    }

    private String columns(String x, int first, int count) {
        return node("Slice", x, graph.longs(name(), first), graph.longs(name(), (long) first + count), graph.longs(name(), 1));
    }

    private String normalised(int index, String gain, String x) {
        int size = weights.get(index, gain).length;
        return node("LayerNormalization", x, graph.floats(name(), weights.get(index, gain), size),
                graph.floats(name(), weights.get(index, gain + "_bias"), size));
    }

    private String affine(int index, String x, int inputs, int outputs) {
        String weight = graph.floats(name(), transposed(weights.get(index, "weight"), outputs, inputs), inputs, outputs);
        return node("Add", node("MatMul", x, weight), graph.floats(name(), weights.get(index, "bias"), outputs));
    }

    private String recurrent(RecurrentLayer layer, int index, String prefix, String x, boolean reverse) {
        return switch (layer) {
            case Lstm lstm -> lstm(lstm.inputSize(), lstm.hiddenSize(), index, prefix, x, reverse, false);
            case LstmVariant lstm when !lstm.layerNorm() ->
                    lstm(lstm.inputSize(), lstm.hiddenSize(), index, prefix, x, reverse, true);
            case LstmVariant lstm -> unrolled(lstm, index, prefix, x, reverse);
            case ProjectedLstm lstm -> projected(lstm, index, prefix, x, reverse);
            case Gru gru -> gru(gru, index, prefix, x, reverse);
            case MinimalGate unit -> minimalGate(unit, index, prefix, x, reverse);
        };
    }

    private String lstm(int inputs, int hidden, int index, String prefix, String x, boolean reverse, boolean peephole) {
        float[] bias = Arrays.copyOf(GateOrder.IOFC.apply(weights.get(index, prefix + "bias")), 8 * hidden);
        var operands = new ArrayList<>(List.of(withBatch(x),
                graph.floats(name(), GateOrder.IOFC.apply(weights.get(index, prefix + "weight_ih")), 1, 4 * hidden, inputs),
                graph.floats(name(), GateOrder.IOFC.apply(weights.get(index, prefix + "weight_hh")), 1, 4 * hidden, hidden),
                graph.floats(name(), bias, 1, 8 * hidden)));
        if (peephole) {
            float[] ifo = weights.get(index, prefix + "peephole");
            operands.addAll(List.of("", "", "",
                    graph.floats(name(), blocks(ifo, hidden, 0, 2, 1), 1, 3 * hidden))); // i, o, f
        }
        return sequence("LSTM", operands, Map.of("hidden_size", (long) hidden, "direction", reverse ? "reverse" : "forward"));
    }

    private String gru(Gru layer, int index, String prefix, String x, boolean reverse) {
        int hidden = layer.hiddenSize();
        float[] bias = Arrays.copyOf(blocks(weights.get(index, prefix + "bias"), hidden, 1, 0, 2), 6 * hidden); // z, r, h
        System.arraycopy(weights.get(index, prefix + "bias_hn"), 0, bias, 5 * hidden, hidden);
        return sequence("GRU", List.of(withBatch(x),
                graph.floats(name(), blocks(weights.get(index, prefix + "weight_ih"), hidden * layer.inputSize(), 1, 0, 2),
                        1, 3 * hidden, layer.inputSize()),
                graph.floats(name(), blocks(weights.get(index, prefix + "weight_hh"), hidden * hidden, 1, 0, 2),
                        1, 3 * hidden, hidden),
                graph.floats(name(), bias, 1, 6 * hidden)),
                Map.of("hidden_size", (long) hidden, "linear_before_reset", 1L, "direction", reverse ? "reverse" : "forward"));
    }

    private String sequence(String operator, List<String> operands, Map<String, ?> attributes) {
        String y = name(); // [steps, 1 direction, batch 1, hidden]
        graph.node(operator, name(), operands, List.of(y), attributes);
        return node("Squeeze", y, graph.longs(name(), 1, 2));
    }

    private String withBatch(String x) {
        return node("Unsqueeze", x, graph.longs(name(), 1));
    }

    /** Layer normalisation, with or without peepholes. */
    private String unrolled(LstmVariant layer, int index, String prefix, String x, boolean reverse) {
        int hidden = layer.hiddenSize();
        String wih = graph.floats(name(), transposed(weights.get(index, prefix + "weight_ih"), 4 * hidden, layer.inputSize()),
                layer.inputSize(), 4 * hidden);
        String whh = graph.floats(name(), transposed(weights.get(index, prefix + "weight_hh"), 4 * hidden, hidden),
                hidden, 4 * hidden);
        String bias = graph.floats(name(), weights.get(index, prefix + "bias"), 4 * hidden);
        String normIh = graph.floats(name(), weights.get(index, prefix + "norm_ih"), 4 * hidden);
        String normHh = graph.floats(name(), weights.get(index, prefix + "norm_hh"), 4 * hidden);
        String normCell = graph.floats(name(), weights.get(index, prefix + "norm_cell"), hidden);
        String normCellBias = graph.floats(name(), weights.get(index, prefix + "norm_cell_bias"), hidden);
        String[] peepholes = new String[3];
        for (int gate = 0; gate < 3 && layer.peephole(); gate++) {
            peepholes[gate] = graph.floats(name(), blocks(weights.get(index, prefix + "peephole"), hidden, gate), hidden);
        }
        String h = graph.floats(name(), new float[hidden], 1, hidden);
        String c = graph.floats(name(), new float[hidden], 1, hidden);
        String[] outputs = new String[steps];
        for (int i = 0; i < steps; i++) {
            int t = reverse ? steps - 1 - i : i;
            String row = node("Gather", x, graph.longs(name(), t)); // [1, inputs]
            String z = node("Add", node("Add", node("LayerNormalization", node("MatMul", row, wih), normIh),
                    node("LayerNormalization", node("MatMul", h, whh), normHh)), bias);
            String in = node("Sigmoid", peeped(gate(z, 0, hidden), peepholes[0], c));
            String forget = node("Sigmoid", peeped(gate(z, 1, hidden), peepholes[1], c));
            c = node("Add", node("Mul", forget, c), node("Mul", in, node("Tanh", gate(z, 2, hidden))));
            String out = node("Sigmoid", peeped(gate(z, 3, hidden), peepholes[2], c));
            h = node("Mul", out, node("Tanh", node("LayerNormalization", c, normCell, normCellBias)));
            outputs[t] = h;
        }
        return concatenated(0, List.of(outputs));
    }

    /** ONNX's LSTM has no projection. */
    private String projected(ProjectedLstm layer, int index, String prefix, String x, boolean reverse) {
        int cells = layer.cellSize();
        String wih = matrix(index, prefix + "weight_ih", 4 * cells, layer.inputSize());
        String whh = matrix(index, prefix + "weight_hh", 4 * cells, layer.hiddenSize());
        String whr = matrix(index, prefix + "weight_hr", layer.hiddenSize(), cells);
        String bias = graph.floats(name(), weights.get(index, prefix + "bias"), 4 * cells);
        String h = graph.floats(name(), new float[layer.hiddenSize()], 1, layer.hiddenSize());
        String c = graph.floats(name(), new float[cells], 1, cells);
        String[] outputs = new String[steps];
        for (int i = 0; i < steps; i++) {
            int t = reverse ? steps - 1 - i : i;
            String z = node("Add", node("Add", node("MatMul", row(x, t), wih), node("MatMul", h, whh)), bias);
            c = node("Add", node("Mul", node("Sigmoid", gate(z, 1, cells)), c),
                    node("Mul", node("Sigmoid", gate(z, 0, cells)), node("Tanh", gate(z, 2, cells))));
            h = node("MatMul", node("Mul", node("Sigmoid", gate(z, 3, cells)), node("Tanh", c)), whr);
            outputs[t] = h;
        }
        return concatenated(0, List.of(outputs));
    }

    private String minimalGate(MinimalGate layer, int index, String prefix, String x, boolean reverse) {
        int hidden = layer.hiddenSize();
        String wih = matrix(index, prefix + "weight_ih", 2 * hidden, layer.inputSize());
        String whh = matrix(index, prefix + "weight_hh", 2 * hidden, hidden);
        String bias = graph.floats(name(), weights.get(index, prefix + "bias"), 2 * hidden);
        String h = graph.floats(name(), new float[hidden], 1, hidden);
        String one = graph.floats(name(), new float[] {1}, 1);
        String[] outputs = new String[steps];
        for (int i = 0; i < steps; i++) {
            int t = reverse ? steps - 1 - i : i;
            String a = node("Add", node("MatMul", row(x, t), wih), bias);
            String f = node("Sigmoid", node("Add", gate(a, 0, hidden), gate(node("MatMul", h, whh), 0, hidden)));
            String old = node("Mul", f, h);
            String n = node("Tanh", node("Add", gate(a, 1, hidden), gate(node("MatMul", old, whh), 1, hidden)));
            h = node("Add", node("Mul", node("Sub", one, f), h), node("Mul", f, n));
            outputs[t] = h;
        }
        return concatenated(0, List.of(outputs));
    }

    private String row(String x, int t) {
        return node("Gather", x, graph.longs(name(), t)); // [1, inputs]
    }

    /** {@code [columns, rows]}, for products from the left. */
    private String matrix(int index, String tensor, int rows, int columns) {
        return graph.floats(name(), transposed(weights.get(index, tensor), rows, columns), columns, rows);
    }

    private String peeped(String z, String peephole, String cell) {
        return peephole == null ? z : node("Add", z, node("Mul", peephole, cell));
    }

    private String gate(String z, int gate, int hidden) {
        return node("Slice", z, graph.longs(name(), (long) gate * hidden), graph.longs(name(), (gate + 1L) * hidden),
                graph.longs(name(), 1));
    }

    private String concatenated(int axis, List<String> values) {
        String y = name();
        graph.node("Concat", name(), values, List.of(y), Map.of("axis", (long) axis));
        return y;
    }

    private String node(String operator, String... inputs) {
        String y = name();
        graph.node(operator, name(), List.of(inputs), List.of(y), Map.of());
        return y;
    }

    private String name() {
        return "n" + names++;
    }

    private static float[] transposed(float[] matrix, int rows, int columns) {
        float[] result = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                result[column * rows + row] = matrix[row * columns + column];
            }
        }
        return result;
    }

    /** Stretches of {@code size} of a stacked tensor, in another order. */
    private static float[] blocks(float[] stacked, int size, int... order) {
        float[] result = new float[order.length * size];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(stacked, order[i] * size, result, i * size, size);
        }
        return result;
    }
}
