package dev.adze.compress.export;

import dev.adze.compress.export.OnnxGraph.ElementType;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.RecurrentLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/** Recurrent layers as ONNX's LSTM (with peepholes or without) and GRU, one operator a layer and direction. */
final class OnnxRecurrent {
    private final OnnxGraph graph;
    private final ExportModel model;
    private final OnnxPrecision precision;

    OnnxRecurrent(OnnxGraph graph, ExportModel model, OnnxPrecision precision) {
        this.graph = graph;
        this.model = model;
        this.precision = precision;
    }

    /** Whether there is an operator for it. */
    static boolean has(RecurrentLayer layer) {
        return switch (layer) {
            case Lstm _, Gru _ -> true;
            case LstmVariant variant -> !variant.layerNorm();
            case RecurrentLayer _ -> false;
        };
    }

    static String operator(RecurrentLayer layer, OnnxPrecision precision) {
        return layer instanceof Gru ? "GRU" : precision == OnnxPrecision.INT8_DYNAMIC ? "DynamicQuantizeLSTM" : "LSTM";
    }

    /** States that the operator carries: h, of an LSTM also c. */
    static int states(RecurrentLayer layer) {
        return layer instanceof Gru ? 1 : 2;
    }

    /**
     * @param name    of the operator, and the beginning of its tensors' names
     * @param prefix  of the layer's tensors, {@code ""} or that of a direction
     * @param input   {@code [time, batch, inputSize]}
     * @param state   names of h and c before, empty for zeros
     * @param outputs as the operator has them: Y, Y_h, Y_c; empty for one left out
     */
    void add(String name, RecurrentLayer layer, int index, String prefix, String input, boolean reverse, List<String> state,
            List<String> outputs) {
        var inputs = new ArrayList<>(List.of(input, matrix(index, name, prefix, "weight_ih", layer, layer.inputSize()),
                matrix(index, name, prefix, "weight_hh", layer, layer.hiddenSize()), bias(index, name, prefix, layer), ""));
        for (int i = 0; i < states(layer); i++) {
            inputs.add(i < state.size() ? state.get(i) : "");
        }
        if (layer instanceof LstmVariant) {
            inputs.add(graph.floats(name + ".P", GateOrder.PEEPHOLE_IOF.apply(model.weights().get(index, prefix + "peephole")),
                    1, 3 * layer.hiddenSize()));
        }
        var attributes = new LinkedHashMap<String, Object>();
        attributes.put("hidden_size", (long) layer.hiddenSize());
        if (reverse) {
            attributes.put("direction", "reverse");
        }
        if (layer instanceof Gru) {
            attributes.put("linear_before_reset", 1L);
        }
        List<String> given = withoutTrailingGaps(outputs);
        if (dynamic(layer)) {
            while (inputs.size() < 8) {
                inputs.add("");
            }
            int rows = 4 * layer.hiddenSize();
            for (String[] each : new String[][] {{"weight_ih", ".W"}, {"weight_hh", ".R"}}) {
                inputs.add(graph.floats(name + each[1] + ".scale", scales(index, prefix + each[0], layer), 1, rows));
                inputs.add(graph.tensor(name + each[1] + ".zero", ElementType.INT8, new byte[rows], 1, rows));
            }
            graph.microsoftNode("DynamicQuantizeLSTM", name, inputs, given, attributes);
        } else {
            graph.node(operator(layer, precision), name, withoutTrailingGaps(inputs), given, attributes);
        }
    }

    private boolean dynamic(RecurrentLayer layer) {
        return precision == OnnxPrecision.INT8_DYNAMIC && !(layer instanceof Gru);
    }

    private static GateOrder order(RecurrentLayer layer) {
        return layer instanceof Gru ? GateOrder.ZRH : GateOrder.IOFC;
    }

    private String matrix(int index, String name, String prefix, String tensor, RecurrentLayer layer, int columns) {
        String full = name + "." + tensor;
        int rows = order(layer).gates() * layer.hiddenSize();
        if (precision == OnnxPrecision.FP32) {
            return graph.floats(full, order(layer).apply(model.weights().get(index, prefix + tensor)), 1, rows, columns);
        }
        byte[] integers = order(layer).apply(model.int8().get(index, prefix + tensor).toBytes());
        return dynamic(layer) ? graph.tensor(full, ElementType.INT8, transposed(integers, rows, columns), 1, columns, rows)
                : dequantized(full, integers, scales(index, prefix + tensor, layer), rows, columns);
    }

    /** int8 in the file, fp32 in the operator; engines fold the conversion when they load the file. */
    private String dequantized(String name, byte[] integers, float[] scales, int rows, int columns) {
        String quantized = graph.tensor(name + ".q", ElementType.INT8, integers, 1, rows, columns);
        String scale = graph.floats(name + ".scale", scales, rows);
        String zero = graph.tensor(name + ".zero", ElementType.INT8, new byte[rows], rows);
        graph.node("DequantizeLinear", name + ".dequantize", List.of(quantized, scale, zero), List.of(name),
                java.util.Map.of("axis", 1L));
        return name;
    }

    static byte[] transposed(byte[] matrix, int rows, int columns) {
        byte[] transposed = new byte[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }

    private float[] scales(int index, String tensor, RecurrentLayer layer) {
        return order(layer).apply(model.int8().get(index, tensor + ".scale").toFloats());
    }

    /** The operators take two biases, which they add, but for GRU's last: ours, and zeros or {@code bias_hn}. */
    private String bias(int index, String name, String prefix, RecurrentLayer layer) {
        float[] ours = order(layer).apply(model.weights().get(index, prefix + "bias"));
        float[] both = Arrays.copyOf(ours, 2 * ours.length);
        if (layer instanceof Gru) {
            System.arraycopy(model.weights().get(index, prefix + "bias_hn"), 0, both, both.length - layer.hiddenSize(),
                    layer.hiddenSize());
        }
        return graph.floats(name + ".B", both, 1, both.length);
    }

    private static List<String> withoutTrailingGaps(List<String> names) {
        int end = names.size();
        while (names.get(end - 1).isEmpty()) {
            end--;
        }
        return names.subList(0, end);
    }
}
