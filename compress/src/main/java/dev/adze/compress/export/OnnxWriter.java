package dev.adze.compress.export;

import dev.adze.compress.export.OnnxGraph.ElementType;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a network as an ONNX model: one LSTM operator a layer, time-major as the operator is, batch and time free.
 *
 * <p>Input {@value #FEATURES} {@code [time, batch, inputSize]}: the network's (scaled) features. Output
 * {@value #SCALED}, in the units that the network was trained on, and {@value #PHYSICAL}, the same in the outputs' own
 * units and within their bounds, if the model has a manifest. {@link ExportForm#STEP}: outputs of every step
 * {@code [time, batch, outputs]}; for LSTM layer k the inputs {@code h.k}, {@code c.k} and outputs {@code h.k.next},
 * {@code c.k.next}, all {@code [1, batch, hiddenSize]}; zeros begin a series. {@link ExportForm#WINDOW}: zero state, the
 * outputs of the last step, {@code [batch, outputs]}.
 */
public final class OnnxWriter {
    public static final String FEATURES = "features";
    public static final String SCALED = "outputs.scaled";
    public static final String PHYSICAL = "outputs";

    /** Key of the manifest's JSON in the model's metadata. */
    public static final String MANIFEST_KEY = "adze.manifest";

    static final String FORM_KEY = "adze.form";
    static final String PRECISION_KEY = "adze.precision";

    private final ExportModel model;
    private final ExportForm form;
    private final OnnxPrecision precision;
    private final boolean preprocess;
    private final OnnxGraph graph = new OnnxGraph();
    private final int lastLstm;

    private OnnxWriter(ExportModel model, ExportForm form, OnnxPrecision precision, boolean preprocess) {
        this.model = model;
        this.form = form;
        this.precision = precision;
        this.preprocess = preprocess;
        lastLstm = RecurrentLayers.last(model.network());
    }

    /**
     * The bytes of an .onnx file.
     *
     * @throws AdzeException USAGE for a network without LSTM layers
     */
    public static byte[] write(ExportModel model, ExportForm form, OnnxPrecision precision) {
        return new OnnxWriter(model, form, precision, false).write();
    }

    /**
     * The bytes of an .onnx file of form {@link ExportForm#STEP} with the preprocessing inside: it takes {@code raw}
     * {@code [1, batch, channels]}, one step of raw values, and further states ({@link OnnxPreprocess}).
     *
     * @throws IllegalArgumentException for a model without a manifest
     */
    public static byte[] writeWithPreprocessing(ExportModel model, OnnxPrecision precision) {
        if (model.manifest().isEmpty()) {
            throw new IllegalArgumentException("preprocessing is in the manifest, and there is none");
        }
        return new OnnxWriter(model, ExportForm.STEP, precision, true).write();
    }

    private byte[] write() {
        RecurrentNetwork network = model.network();
        if (preprocess) {
            OnnxPreprocess.add(graph, model.manifest().orElseThrow().preprocess());
        } else {
            graph.input(FEATURES, "scaled features", "time", "batch", network.inputSize());
        }
        String value = FEATURES;
        int recurrent = 0;
        for (int i = 0; i < network.layers().size(); i++) {
            value = switch (network.layers().get(i)) {
                case Lstm lstm -> lstm(i, recurrent++, lstm, value);
                case Dense dense -> dense(i, dense, value, i == network.layers().size() - 1);
                case Layer other -> throw other.refusedBy("the ONNX writer");
            };
        }
        if (!value.equals(SCALED)) {
            graph.node("Identity", SCALED, List.of(value), List.of(SCALED), Map.of());
        }
        Object[] shape = switch (form) {
            case STEP -> new Object[] {preprocess ? (Object) 1 : "time", "batch", network.outputSize()};
            case WINDOW -> new Object[] {"batch", network.outputSize()};
        };
        graph.output(SCALED, "in the units that the network was trained on", shape);
        model.manifest().ifPresent(manifest -> {
            physical(manifest.task().outputs());
            graph.output(PHYSICAL, units(manifest.task().outputs()), shape);
            graph.metadata(MANIFEST_KEY, manifest.toJson());
        });
        graph.metadata(PRECISION_KEY, precision.name().toLowerCase(Locale.ROOT));
        graph.metadata(FORM_KEY, form.name().toLowerCase(Locale.ROOT));
        return graph.toByteArray(model.manifest().map(m -> m.name()).orElse("network"), "1",
                "LSTM exported by Adze; names, units and scaling are in the metadata, key " + MANIFEST_KEY);
    }

    private String lstm(int index, int recurrent, Lstm lstm, String input) {
        String name = "lstm." + recurrent;
        String h = "";
        String c = "";
        boolean carriesState = form == ExportForm.STEP;
        if (carriesState) {
            h = "h." + recurrent;
            c = "c." + recurrent;
            graph.input(h, "hidden state before; zeros at the start", 1, "batch", lstm.hiddenSize());
            graph.input(c, "cell state before; zeros at the start", 1, "batch", lstm.hiddenSize());
        }
        boolean lastStepOnly = form == ExportForm.WINDOW && index == lastLstm;
        List<String> outputs = new ArrayList<>(List.of(lastStepOnly ? "" : name + ".y",
                carriesState ? h + ".next" : lastStepOnly ? name + ".h" : "", carriesState ? c + ".next" : ""));
        while (outputs.getLast().isEmpty()) {
            outputs.removeLast();
        }
        switch (precision) {
            case FP32 -> lstm(lstm, name, input, fp32(index, name, "weight_ih", lstm, lstm.inputSize()),
                    fp32(index, name, "weight_hh", lstm, lstm.hiddenSize()), index, h, c, outputs);
            case INT8_QDQ -> lstm(lstm, name, input, dequantized(index, name, "weight_ih", lstm, lstm.inputSize()),
                    dequantized(index, name, "weight_hh", lstm, lstm.hiddenSize()), index, h, c, outputs);
            case INT8_DYNAMIC -> dynamicLstm(index, lstm, name, input, h, c, outputs);
        }
        if (carriesState) {
            graph.output(h + ".next", "hidden state after", 1, "batch", lstm.hiddenSize());
            graph.output(c + ".next", "cell state after", 1, "batch", lstm.hiddenSize());
        }
        // Y is [time, directions, batch, hidden], Y_h [directions, batch, hidden].
        String axis = graph.longs(name + ".axis", lastStepOnly ? 0 : 1);
        graph.node("Squeeze", name + ".squeeze", List.of(lastStepOnly ? name + ".h" : name + ".y", axis),
                List.of(name + ".out"), Map.of());
        return name + ".out";
    }

    private void lstm(Lstm lstm, String name, String input, String w, String r, int index, String h, String c,
            List<String> outputs) {
        List<String> inputs = List.of(input, w, r, bias(index, lstm, name), "", h, c);
        graph.node("LSTM", name, withoutTrailingGaps(inputs), outputs, Map.of("hidden_size", (long) lstm.hiddenSize()));
    }

    private String fp32(int index, String name, String tensor, Lstm lstm, int columns) {
        return graph.floats(name + "." + tensor, GateOrder.IOFC.apply(model.weights().get(index, tensor)),
                1, 4 * lstm.hiddenSize(), columns);
    }

    /** int8 in the file, fp32 in the operator; engines fold the conversion when they load the file. */
    private String dequantized(int index, String name, String tensor, Lstm lstm, int columns) {
        int rows = 4 * lstm.hiddenSize();
        String quantized = graph.tensor(name + "." + tensor + ".q", ElementType.INT8,
                GateOrder.IOFC.apply(model.int8().get(index, tensor).toBytes()), 1, rows, columns);
        String scale = graph.floats(name + "." + tensor + ".scale", scales(index, tensor), rows);
        String zero = graph.tensor(name + "." + tensor + ".zero", ElementType.INT8, new byte[rows], rows);
        graph.node("DequantizeLinear", name + "." + tensor + ".dequantize", List.of(quantized, scale, zero),
                List.of(name + "." + tensor), Map.of("axis", 1L));
        return name + "." + tensor;
    }

    /** ONNX Runtime's operator: int8 products, activations quantized at run time (ContribOperators.md). */
    private void dynamicLstm(int index, Lstm lstm, String name, String input, String h, String c, List<String> outputs) {
        int rows = 4 * lstm.hiddenSize();
        List<String> inputs = List.of(input, transposed(index, name, "weight_ih", rows, lstm.inputSize()),
                transposed(index, name, "weight_hh", rows, lstm.hiddenSize()), bias(index, lstm, name), "", h, c, "",
                graph.floats(name + ".W.scale", scales(index, "weight_ih"), 1, rows),
                graph.tensor(name + ".W.zero", ElementType.INT8, new byte[rows], 1, rows),
                graph.floats(name + ".R.scale", scales(index, "weight_hh"), 1, rows),
                graph.tensor(name + ".R.zero", ElementType.INT8, new byte[rows], 1, rows));
        graph.microsoftNode("DynamicQuantizeLSTM", name, inputs, outputs,
                Map.of("hidden_size", (long) lstm.hiddenSize()));
    }

    private String transposed(int index, String name, String tensor, int rows, int columns) {
        byte[] stacked = GateOrder.IOFC.apply(model.int8().get(index, tensor).toBytes());
        byte[] transposed = new byte[stacked.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = stacked[row * columns + column];
            }
        }
        return graph.tensor(name + "." + tensor, ElementType.INT8, transposed, 1, columns, rows);
    }

    private float[] scales(int index, String tensor) {
        return GateOrder.IOFC.apply(model.int8().get(index, tensor + ".scale").toFloats());
    }

    /** The operator takes two biases, which it adds: ours and zeros. */
    private String bias(int index, Lstm lstm, String name) {
        float[] both = new float[8 * lstm.hiddenSize()];
        float[] bias = GateOrder.IOFC.apply(model.weights().get(index, "bias"));
        System.arraycopy(bias, 0, both, 0, bias.length);
        return graph.floats(name + ".B", both, 1, both.length);
    }

    private String dense(int index, Dense dense, String input, boolean last) {
        String name = "dense." + index;
        String out = last ? SCALED : name + ".out";
        String matrix = graph.floats(name + ".weight",
                transpose(model.weights().get(index, "weight"), dense.outputSize(), dense.inputSize()),
                dense.inputSize(), dense.outputSize());
        String bias = graph.floats(name + ".bias", model.weights().get(index, "bias"), dense.outputSize());
        String affine = dense.activation() == Dense.Activation.IDENTITY ? out : name + ".sum";
        graph.node("MatMul", name, List.of(input, matrix), List.of(name + ".product"), Map.of());
        graph.node("Add", name + ".add", List.of(name + ".product", bias), List.of(affine), Map.of());
        switch (dense.activation()) {
            case IDENTITY -> { }
            case RELU -> graph.node("Relu", name + ".relu", List.of(affine), List.of(out), Map.of());
            case TANH -> graph.node("Tanh", name + ".tanh", List.of(affine), List.of(out), Map.of());
        }
        return out;
    }

    /** {@code clip(center + scale * scaled)}, a constant of a place an output. */
    private void physical(List<TaskSpec.OutputSpec> outputs) {
        int count = outputs.size();
        OutputScaling scaling = OutputScaling.of(outputs);
        graph.node("Mul", "physical.mul", List.of(SCALED, graph.floats("physical.scale", scaling.scale(), count)),
                List.of("physical.product"), Map.of());
        graph.node("Add", "physical.add", List.of("physical.product", graph.floats("physical.center", scaling.center(), count)),
                List.of("physical.sum"), Map.of());
        graph.node("Max", "physical.max", List.of("physical.sum", graph.floats("physical.lowest", scaling.min(), count)),
                List.of("physical.raised"), Map.of());
        graph.node("Min", "physical.min", List.of("physical.raised", graph.floats("physical.highest", scaling.max(), count)),
                List.of(PHYSICAL), Map.of());
    }

    private static String units(List<TaskSpec.OutputSpec> outputs) {
        return String.join(", ", outputs.stream()
                .map(o -> o.name() + (o.unit().isEmpty() ? "" : " [" + o.unit() + "]")).toList());
    }

    static float[] transpose(float[] matrix, int rows, int columns) {
        float[] transposed = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }

    private static List<String> withoutTrailingGaps(List<String> names) {
        int end = names.size();
        while (names.get(end - 1).isEmpty()) {
            end--;
        }
        return names.subList(0, end);
    }
}
