package dev.adze.compress.export;

import dev.adze.compress.export.OnnxGraph.ElementType;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.RecurrentLayer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Recurrent layers in products of integers: weights and activations both pass {@code QuantizeLinear} and
 * {@code DequantizeLinear} before a {@code MatMul}, which ONNX Runtime makes {@code MatMulIntegerToFloat} of and TensorRT
 * its integer kernels. ONNX's LSTM and GRU operators have no such form, so that gates and cell are written out: one step
 * ({@link ExportForm#STEP}), or the body of a {@code Scan} over the window, before which the product with the layer's
 * inputs is one over all steps.
 *
 * <p>Scales: weights a row, hidden values 1/127 since they lie in (-1, 1). Real-valued inputs are two digits of 8 bits,
 * {@code hi = Q(x, s)} and {@code lo = Q(x - hi, s / 254)}, s their reach / 127: one digit of 8 bits for features of many
 * standard deviations is too coarse, and the first layer's product is the small one.
 */
final class OnnxQuantizedRecurrent {
    private static final float HIDDEN_SCALE = 1f / 127;

    private final OnnxGraph graph;
    private final ExportModel model;
    private final ExportForm form;

    OnnxQuantizedRecurrent(OnnxGraph graph, ExportModel model, ExportForm form) {
        this.graph = graph;
        this.model = model;
        this.form = form;
    }

    /**
     * @param input  {@code [time, batch, inputSize]}, with {@link ExportForm#STEP} of one step
     * @param states names of h and c before, whose successors become {@code NAME.next}; {@code [1, batch, hiddenSize]};
     *               empty for zeros
     * @return {@code [time, batch, hiddenSize]}, or {@code [batch, hiddenSize]} with {@code lastStepOnly}
     */
    String add(String name, RecurrentLayer layer, int index, String prefix, String input, ActivationReach reach,
            boolean reverse, List<String> states, boolean lastStepOnly) {
        int gates = layer instanceof Gru ? 3 : 4;
        int rows = gates * layer.hiddenSize();
        String products = product(graph, name + ".ih", matrix(graph, name + ".weight_ih", index, prefix + "weight_ih", rows,
                layer.inputSize()), input, reach);
        String inputs = name + ".inputs";
        graph.node("Add", name + ".bias.add", List.of(products, graph.floats(name + ".bias",
                model.weights().get(index, prefix + "bias"), rows)), List.of(inputs), Map.of());
        if (form == ExportForm.STEP) {
            return step(graph, name, layer, index, prefix, inputs, states,
                    states.stream().map(state -> state + ".next").toList());
        }
        return scan(name, layer, index, prefix, inputs, reverse, lastStepOnly);
    }

    private String scan(String name, RecurrentLayer layer, int index, String prefix, String inputs, boolean reverse,
            boolean lastStepOnly) {
        int hidden = layer.hiddenSize();
        graph.node("Shape", name + ".shape", List.of(inputs), List.of(name + ".batch"), Map.of("start", 1L, "end", 2L));
        graph.node("Concat", name + ".zeros.shape", List.of(graph.longs(name + ".one", 1), name + ".batch", graph.longs(name + ".hidden", hidden)),
                List.of(name + ".state.shape"), Map.of("axis", 0L));
        graph.node("ConstantOfShape", name + ".zeros", List.of(name + ".state.shape"), List.of(name + ".zero"), Map.of());
        // The body computes with [1, batch, size]: of two dimensions product and sum would become one operator, Gemm in fp32.
        graph.node("Unsqueeze", name + ".unsqueeze", List.of(inputs, graph.longs(name + ".unsqueeze.axis", 1)),
                List.of(name + ".steps"), Map.of());
        var body = new OnnxGraph();
        List<String> words = List.of("h", "c").subList(0, OnnxRecurrent.states(layer));
        List<String> before = words.stream().map(word -> name + ".body." + word).toList();
        List<String> after = before.stream().map(word -> word + ".next").toList();
        before.forEach(state -> body.input(state, "", 1, "batch", hidden));
        body.input(name + ".body.inputs", "", 1, "batch", (layer instanceof Gru ? 3 : 4) * hidden);
        step(body, name + ".body", layer, index, prefix, name + ".body.inputs", before, after);
        after.forEach(state -> body.output(state, "", 1, "batch", hidden));
        body.node("Identity", name + ".body.y", List.of(after.getFirst()), List.of(name + ".body.out"), Map.of());
        body.output(name + ".body.out", "", 1, "batch", hidden);
        var attributes = new LinkedHashMap<String, Object>();
        attributes.put("body", body);
        attributes.put("num_scan_inputs", 1L);
        if (reverse) {
            attributes.put("scan_input_directions", new long[] {1});
            attributes.put("scan_output_directions", new long[] {1});
        }
        var operands = new ArrayList<String>();
        words.forEach(_ -> operands.add(name + ".zero"));
        operands.add(name + ".steps");
        var outputs = new ArrayList<>(words.stream().map(word -> name + ".last." + word).toList());
        outputs.add(name + ".y");
        graph.node("Scan", name, operands, outputs, attributes);
        graph.node("Squeeze", name + ".squeeze", List.of(lastStepOnly ? outputs.getFirst() : outputs.getLast(),
                graph.longs(name + ".squeeze.axis", lastStepOnly ? 0 : 1)), List.of(name + ".out"), Map.of());
        return name + ".out";
    }

    /** Gates and state of one step; returns the hidden values, which the first of {@code after} is. */
    private String step(OnnxGraph target, String name, RecurrentLayer layer, int index, String prefix, String inputs,
            List<String> before, List<String> after) {
        var nodes = new Nodes(target, name);
        int hidden = layer.hiddenSize();
        int gates = layer instanceof Gru ? 3 : 4;
        String h = before.getFirst();
        String recurrent = product(target, name + ".hh", matrix(target, name + ".weight_hh", index, prefix + "weight_hh",
                gates * hidden, hidden), h, ActivationReach.HIDDEN);
        if (layer instanceof Gru) {
            List<String> x = nodes.split(inputs, gates); // reset, update, new
            List<String> r = nodes.split(recurrent, gates);
            String reset = nodes.of("Sigmoid", nodes.of("Add", x.get(0), r.get(0)));
            String update = nodes.of("Sigmoid", nodes.of("Add", x.get(1), r.get(1)));
            String held = nodes.of("Add", r.get(2), target.floats(name + ".bias_hn",
                    model.weights().get(index, prefix + "bias_hn"), hidden));
            String fresh = nodes.of("Tanh", nodes.of("Add", x.get(2), nodes.of("Mul", reset, held)));
            nodes.into(after.getFirst(), "Add", fresh, nodes.of("Mul", update, nodes.of("Sub", h, fresh)));
            return after.getFirst();
        }
        List<String> z = nodes.split(nodes.of("Add", inputs, recurrent), gates); // i, f, g, o
        String c = before.getLast();
        List<String> peepholes = layer instanceof LstmVariant
                ? peepholes(target, name, model.weights().get(index, prefix + "peephole"), hidden) : List.of();
        String in = nodes.of("Sigmoid", peeped(nodes, z.get(0), peepholes, 0, c));
        String forget = nodes.of("Sigmoid", peeped(nodes, z.get(1), peepholes, 1, c));
        nodes.into(after.getLast(), "Add", nodes.of("Mul", forget, c), nodes.of("Mul", in, nodes.of("Tanh", z.get(2))));
        String out = nodes.of("Sigmoid", peeped(nodes, z.get(3), peepholes, 2, after.getLast()));
        nodes.into(after.getFirst(), "Mul", out, nodes.of("Tanh", after.getLast()));
        return after.getFirst();
    }

    private static List<String> peepholes(OnnxGraph target, String name, float[] ifo, int hidden) {
        var names = new ArrayList<String>();
        for (int gate = 0; gate < 3; gate++) {
            names.add(target.floats(name + ".peephole." + gate,
                    java.util.Arrays.copyOfRange(ifo, gate * hidden, (gate + 1) * hidden), hidden));
        }
        return names;
    }

    private static String peeped(Nodes nodes, String z, List<String> peepholes, int gate, String cell) {
        return peepholes.isEmpty() ? z : nodes.of("Add", z, nodes.of("Mul", peepholes.get(gate), cell));
    }

    /** {@code [columns, rows]} in int8 with a scale a row. */
    private String matrix(OnnxGraph target, String name, int index, String tensor, int rows, int columns) {
        String integers = target.tensor(name + ".q", ElementType.INT8, OnnxRecurrent.transposed(
                model.int8().get(index, tensor).toBytes(), rows, columns), columns, rows);
        String scales = target.floats(name + ".scale", model.int8().get(index, tensor + ".scale").toFloats(), rows);
        target.node("DequantizeLinear", name + ".dequantize", List.of(integers, scales,
                target.tensor(name + ".zero", ElementType.INT8, new byte[rows], rows)), List.of(name), Map.of("axis", 1L));
        return name;
    }

    /** {@code x * matrix} with x in one digit or two. */
    private static String product(OnnxGraph target, String name, String matrix, String x, ActivationReach reach) {
        var nodes = new Nodes(target, name);
        if (reach.hidden()) {
            return nodes.of("MatMul", nodes.digit(x, HIDDEN_SCALE), matrix);
        }
        float scale = (float) (reach.bound() / 127);
        String high = nodes.digit(x, scale);
        // What the high digit stands for, computed aside: a value between Q and DQ that others read, too, is not fused.
        String step = target.floats(name + ".step", new float[] {scale});
        String coarse = nodes.of("Mul", nodes.of("Round", nodes.of("Div", x, step)), step);
        String low = nodes.digit(nodes.of("Sub", x, coarse), scale / 254);
        return nodes.of("Add", nodes.of("MatMul", high, matrix), nodes.of("MatMul", low, matrix));
    }

    /** Nodes with numbered names. */
    private static final class Nodes {
        private final OnnxGraph target;
        private final String prefix;
        private int count;

        Nodes(OnnxGraph target, String prefix) {
            this.target = target;
            this.prefix = prefix;
        }

        String of(String operator, String... inputs) {
            return into(prefix + "." + operator.toLowerCase(java.util.Locale.ROOT) + "." + count++, operator, inputs);
        }

        String into(String output, String operator, String... inputs) {
            target.node(operator, prefix + "." + operator + "." + count++, List.of(inputs), List.of(output), Map.of());
            return output;
        }

        List<String> split(String value, int parts) {
            var names = new ArrayList<String>();
            for (int i = 0; i < parts; i++) {
                names.add(prefix + ".gate." + count++);
            }
            target.node("Split", prefix + ".split." + count++, List.of(value), names, Map.of("axis", -1L));
            return names;
        }

        /** To 8 bits and back. */
        String digit(String x, float scale) {
            String name = prefix + ".digit." + count++;
            List<String> parameters = List.of(target.floats(name + ".scale", new float[] {scale}),
                    target.tensor(name + ".zero", ElementType.INT8, new byte[1]));
            target.node("QuantizeLinear", name + ".quantize", List.of(x, parameters.get(0), parameters.get(1)),
                    List.of(name + ".q"), Map.of());
            target.node("DequantizeLinear", name + ".dequantize", List.of(name + ".q", parameters.get(0), parameters.get(1)),
                    List.of(name), Map.of());
            return name;
        }
    }
}
