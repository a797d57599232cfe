package dev.adze.compress.export;

import dev.adze.compress.export.OnnxGraph.ElementType;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.FeedForwardLayer;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a network as an ONNX model: one LSTM or GRU operator a layer and direction, time-major as the operators are, batch
 * and time free.
 *
 * <p>Input {@value #FEATURES} {@code [time, batch, inputSize]}: the network's (scaled) features. Output
 * {@value #SCALED}, in the units that the network was trained on, and {@value #PHYSICAL}, the same in the outputs' own
 * units and within their bounds, if the model has a manifest. {@link ExportForm#STEP}: outputs of every step
 * {@code [time, batch, outputs]}; for recurrent layer k the inputs {@code h.k}, {@code c.k} (a GRU has no c) and outputs
 * {@code h.k.next}, {@code c.k.next}, all {@code [1, batch, hiddenSize]}; zeros begin a series. {@link ExportForm#WINDOW}: zero state, the
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
    private final OnnxRecurrent operators;
    private final OnnxQuantizedRecurrent quantized;
    private ActivationReach reach;
    private final OnnxFeedForward feedForward;
    /** The last layer that looks at more than one step; pooling aside. */
    private final int lastOverTime;
    private int recurrent;

    private OnnxWriter(ExportModel model, ExportForm form, OnnxPrecision precision, boolean preprocess, float[] calibration) {
        this.model = model;
        this.form = form;
        this.precision = precision;
        this.preprocess = preprocess;
        operators = new OnnxRecurrent(graph, model, precision);
        quantized = precision == OnnxPrecision.INT8_QDQ ? new OnnxQuantizedRecurrent(graph, model, form) : null;
        if (quantized != null && calibration.length == 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, "int8-qdq needs calibration features; give some, or export"
                    + " int8-weights, which needs none");
        }
        reach = ActivationReach.ofFeatures(model.manifest(), calibration);
        feedForward = new OnnxFeedForward(graph, model);
        lastOverTime = RecurrentLayers.lastOverTime(model.network());
    }

    /**
     * The bytes of an .onnx file.
     *
     * @throws AdzeException USAGE for a network without recurrent layers, UNAVAILABLE for layers that ONNX has no operator for
     */
    public static byte[] write(ExportModel model, ExportForm form, OnnxPrecision precision) {
        return write(model, form, precision, new float[0]);
    }

    /** @param calibration features {@code [steps, inputSize]} as the model will see them; INT8_QDQ alone looks at them */
    public static byte[] write(ExportModel model, ExportForm form, OnnxPrecision precision, float[] calibration) {
        return new OnnxWriter(model, form, precision, false, calibration).write();
    }

    /**
     * The bytes of an .onnx file of form {@link ExportForm#STEP} with the preprocessing inside: it takes {@code raw}
     * {@code [1, batch, channels]}, one step of raw values, and further states ({@link OnnxPreprocess}).
     *
     * @throws IllegalArgumentException for a model without a manifest
     */
    public static byte[] writeWithPreprocessing(ExportModel model, OnnxPrecision precision, float[] calibration) {
        if (model.manifest().isEmpty()) {
            throw new IllegalArgumentException("preprocessing is in the manifest, and there is none");
        }
        return new OnnxWriter(model, ExportForm.STEP, precision, true, calibration).write();
    }

    private byte[] write() {
        RecurrentNetwork network = model.network();
        if (preprocess) {
            OnnxPreprocess.add(graph, model.manifest().orElseThrow().preprocess());
        } else {
            graph.input(FEATURES, "scaled features", time(), "batch", network.inputSize());
        }
        String value = FEATURES;
        for (int i = 0; i < network.layers().size(); i++) {
            value = switch (network.layers().get(i)) {
                case Dense dense -> dense(i, dense, value, i == network.layers().size() - 1);
                case MeanPooling pooling -> pooled(i, pooling, value);
                case AttentionPooling pooling -> pooled(i, pooling, value);
                case FeedForwardLayer layer -> feedForward(i, layer, value);
                case Layer layer -> recurrent(i, layer, value);
            };
            if (quantized != null) {
                reach = reach.through(network.layers().get(i), i, model);
            }
        }
        if (!value.equals(SCALED)) {
            graph.node("Identity", SCALED, List.of(value), List.of(SCALED), Map.of());
        }
        Object[] shape = switch (form) {
            case STEP -> new Object[] {preprocess ? 1 : time(), "batch", network.outputSize()};
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

    /** Free, but for steps that are written out. */
    private Object time() {
        return quantized != null && form == ExportForm.STEP ? (Object) 1 : "time";
    }

    private boolean lastStepOnlyAfter(int index) {
        return form == ExportForm.WINDOW && index == lastOverTime && !model.network().pools();
    }

    private String feedForward(int index, FeedForwardLayer layer, String input) {
        String value = switch (layer) {
            case Convolution convolution -> feedForward.convolution(index, convolution, input);
            case SelfAttention attention -> feedForward.selfAttention(index, attention, input);
            case TransformerLayer transformer -> feedForward.transformer(index, transformer, input);
            case StaticFeatures statics -> feedForward.statics(index, statics, input, FEATURES,
                    form == ExportForm.WINDOW && index > lastOverTime);
        };
        return lastStepOnlyAfter(index) ? feedForward.newest(layer.kind() + "." + index + ".last", value) : value;
    }

    /** {@code [time, batch, size]}, or {@code [batch, size]} of the last step after the last layer over time of a window. */
    private String recurrent(int index, Layer layer, String input) {
        boolean lastStepOnly = lastStepOnlyAfter(index);
        if (layer instanceof RecurrentLayer one) {
            return direction(one, index, input, lastStepOnly);
        }
        String value = sequence(layer, index, input);
        if (!lastStepOnly) {
            return value;
        }
        return feedForward.newest("last." + index, value);
    }

    /** All steps of a layer round others. */
    private String sequence(Layer layer, int index, String input) {
        return switch (layer) {
            case RecurrentLayer one -> direction(one, index, input, false);
            case Residual residual -> {
                String name = "residual." + index;
                graph.node("Add", name, List.of(input, sequence(residual.layer(), index, input)), List.of(name + ".out"), Map.of());
                yield name + ".out";
            }
            case Bidirectional both -> {
                String name = "bidirectional." + index;
                List<String> parts = List.of(name + ".forward", name + ".backward");
                both(both.forward(), index, "forward.", input, false, parts.getFirst());
                both(both.backward(), index, "backward.", input, true, parts.getLast());
                graph.node("Concat", name, parts, List.of(name + ".out"), Map.of("axis", 2L));
                yield name + ".out";
            }
            case Layer other -> throw other.refusedBy("the ONNX writer");
        };
    }

    private void both(RecurrentLayer layer, int index, String prefix, String input, boolean reverse, String output) {
        if (quantized != null) {
            graph.node("Identity", output + ".identity", List.of(quantized.add(output + "." + operator(layer), layer, index,
                    prefix, input, reach, reverse, List.of(), false)), List.of(output), Map.of());
            return;
        }
        operators.add(output + "." + operator(layer), layer, index, prefix, input, reverse, List.of(), List.of(output + ".y"));
        graph.node("Squeeze", output + ".squeeze", List.of(output + ".y", graph.longs(output + ".axis", 1)), List.of(output),
                Map.of());
    }

    private static String operator(RecurrentLayer layer) {
        return layer instanceof Gru ? "gru" : "lstm";
    }

    private String direction(RecurrentLayer layer, int index, String input, boolean lastStepOnly) {
        int number = recurrent++;
        String name = operator(layer) + "." + number;
        boolean carriesState = form == ExportForm.STEP;
        List<String> states = carriesState ? List.of("h." + number, "c." + number).subList(0, OnnxRecurrent.states(layer))
                : List.of();
        for (String state : states) {
            graph.input(state, (state.startsWith("h") ? "hidden" : "cell") + " state before; zeros at the start", 1, "batch",
                    layer.hiddenSize());
        }
        var outputs = new ArrayList<>(List.of(lastStepOnly ? "" : name + ".y",
                carriesState ? "h." + number + ".next" : lastStepOnly ? name + ".h" : ""));
        if (states.size() == 2) {
            outputs.add("c." + number + ".next");
        }
        for (String state : states) {
            graph.output(state + ".next", (state.startsWith("h") ? "hidden" : "cell") + " state after", 1, "batch",
                    layer.hiddenSize());
        }
        if (quantized != null) {
            return quantized.add(name, layer, index, "", input, reach, false, states, lastStepOnly);
        }
        operators.add(name, layer, index, "", input, false, states, outputs);
        // Y is [time, directions, batch, hidden], Y_h [directions, batch, hidden].
        String axis = graph.longs(name + ".axis", lastStepOnly ? 0 : 1);
        graph.node("Squeeze", name + ".squeeze", List.of(lastStepOnly ? name + ".h" : name + ".y", axis),
                List.of(name + ".out"), Map.of());
        return name + ".out";
    }

    /** Over the time axis of {@code [time, batch, size]}: {@code [batch, size]}. */
    private String pooled(int index, Layer pooling, String input) {
        String name = pooling.kind() + "." + index;
        return switch (pooling) {
            case MeanPooling _ -> {
                graph.node("ReduceMean", name, List.of(input), List.of(name + ".out"),
                        Map.of("axes", new long[] {0}, "keepdims", 0L));
                yield name + ".out";
            }
            case AttentionPooling attention -> {
                int size = attention.attentionSize();
                String hidden = affine(index, name, input, attention.inputSize(), size);
                graph.node("Tanh", name + ".tanh", List.of(hidden), List.of(name + ".hidden"), Map.of());
                graph.node("MatMul", name + ".score", List.of(name + ".hidden",
                        graph.floats(name + ".query", model.weights().get(index, "query"), size, 1)),
                        List.of(name + ".scores"), Map.of());
                graph.node("Softmax", name + ".softmax", List.of(name + ".scores"), List.of(name + ".shares"), Map.of("axis", 0L));
                graph.node("Mul", name + ".mul", List.of(input, name + ".shares"), List.of(name + ".parts"), Map.of());
                graph.node("ReduceSum", name, List.of(name + ".parts", graph.longs(name + ".axis", 0)), List.of(name + ".out"),
                        Map.of("keepdims", 0L));
                yield name + ".out";
            }
            case Layer other -> throw other.refusedBy("the ONNX writer");
        };
    }

    private String affine(int index, String name, String input, int inputs, int outputs) {
        String matrix = graph.floats(name + ".weight", transpose(model.weights().get(index, "weight"), outputs, inputs),
                inputs, outputs);
        String bias = graph.floats(name + ".bias", model.weights().get(index, "bias"), outputs);
        graph.node("MatMul", name + ".matmul", List.of(input, matrix), List.of(name + ".product"), Map.of());
        graph.node("Add", name + ".add", List.of(name + ".product", bias), List.of(name + ".sum"), Map.of());
        return name + ".sum";
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
        feedForward.activation(dense.activation(), name, affine, out);
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
}
