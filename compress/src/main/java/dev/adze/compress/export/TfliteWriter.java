package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.StridedSliceOptionsT;

/**
 * Writes a network of LSTM, bidirectional LSTM and dense layers as a TensorFlow Lite model: one fused operator a layer, batch 1.
 *
 * <p>Input {@value #FEATURES} {@code [1, steps, inputSize]}: the network's (scaled) features. Output {@value #SCALED}
 * {@code [1, outputs]} in the units that the network was trained on, and, if the model has a manifest,
 * {@value #PHYSICAL}, the same in the outputs' own units and within their bounds. The engine keeps the state in variable
 * tensors from call to call until they are reset. {@link ExportForm#STEP}: one step a call. {@link ExportForm#WINDOW}:
 * {@code windowSteps} steps a call, the last step's outputs; variable tensors are to be reset before every call. Resized
 * inputs of more or fewer steps work; outputs of STEP are then {@code [steps, outputs]}.
 *
 * <p>{@link #writeExplicit}: one step with the state as inputs and outputs instead.
 *
 * <p>The one signature is {@code step} or {@code window}; its names are those of the tensors.
 */
public final class TfliteWriter {
    public static final String FEATURES = "features";
    public static final String SCALED = "outputs.scaled";
    public static final String PHYSICAL = "outputs";

    /** Name of the metadata buffer with the manifest's JSON. */
    public static final String MANIFEST_KEY = "adze.manifest";
    static final String PRECISION_KEY = "adze.precision";

    private final ExportModel model;
    private final ExportForm form;
    private final TfliteGraph graph = new TfliteGraph();

    private TfliteWriter(ExportModel model, ExportForm form) {
        this.model = model;
        this.form = form;
    }

    /**
     * The bytes of a .tflite file with UNIDIRECTIONAL_SEQUENCE_LSTM operators.
     *
     * @param calibration features {@code [steps, inputSize]} of one series as the model will see them; only
     *                    {@link TflitePrecision#INT8_FULL} and {@link TflitePrecision#INT16X8} look at them
     * @throws AdzeException USAGE for what the operators cannot express
     */
    public static byte[] write(ExportModel model, ExportForm form, TflitePrecision precision, float[] calibration) {
        var writer = new TfliteWriter(model, form);
        TfliteLstm lstm = switch (precision) {
            case FP32 -> new TfliteFloatLstm(writer.graph, model.weights());
            case INT8_HYBRID -> new TfliteHybridLstm(writer.graph, model.weights());
            case INT16X8 -> {
                requireLstmFirst(model.network());
                yield new TfliteInteger16Lstm(writer.graph, model.weights(), Calibration.of(model.weights(), calibration),
                        ActivationReach.ofFeatures(model.manifest(), calibration));
            }
            case INT8_FULL -> {
                requireLstmFirst(model.network());
                Calibration ranges = Calibration.of(model.weights(), calibration);
                yield new TfliteInteger8Lstm(writer.graph, model.weights(),
                        model.manifest().map(manifest -> ranges.covering(manifest.preprocess())).orElse(ranges));
            }
        };
        writer.outputs(writer.layers(lstm, writer.steps(), true), precision.name());
        writer.describe();
        return writer.graph.toByteArray(writer.formName(), "Adze: LSTM, " + precision.name().toLowerCase(Locale.ROOT));
    }

    /**
     * The bytes of a .tflite file that runs one step, fp32: inputs {@value #FEATURES} {@code [1, inputSize]} and, for LSTM
     * layer k, {@code h.k} and {@code c.k} {@code [1, hiddenSize]}; outputs also {@code h.k.next} and {@code c.k.next}.
     */
    public static byte[] writeExplicit(ExportModel model) {
        var writer = new TfliteWriter(model, ExportForm.STEP);
        var lstm = new TfliteBasicLstm(writer.graph, model.weights());
        writer.outputs(writer.layers(lstm, 1, false), TflitePrecision.FP32.name());
        lstm.nextStates().forEach(writer.graph::output);
        writer.describe();
        return writer.graph.toByteArray(writer.formName(), "Adze: LSTM, fp32, state as inputs and outputs");
    }

    private static void requireLstmFirst(RecurrentNetwork network) {
        int last = RecurrentLayers.last(network);
        for (int i = 0; i < last; i++) {
            if (network.layers().get(i) instanceof Dense) {
                throw new AdzeException(AdzeException.Kind.USAGE, "layer " + i + " is a dense layer before an LSTM layer,"
                        + " which integer forms do not have; the nearest supported form is --precision int8");
            }
        }
    }

    private int steps() {
        return switch (form) {
            case STEP -> 1;
            case WINDOW -> model.manifest().map(m -> m.task().windowSteps()).orElse(1);
        };
    }

    private String formName() {
        return form.name().toLowerCase(Locale.ROOT);
    }

    /** Adds all layers; returns the scaled outputs. @param sequence whether values have a time axis */
    private int layers(TfliteLstm layers, int steps, boolean sequence) {
        RecurrentNetwork network = model.network();
        int lastLstm = RecurrentLayers.requireRecurrent(network);
        int features = sequence ? graph.floats(FEATURES, 1, steps, network.inputSize())
                : graph.floats(FEATURES, 1, network.inputSize());
        graph.input(features);
        int value = layers.enter(features, steps, network.inputSize());
        int recurrent = 0;
        for (int i = 0; i < network.layers().size(); i++) {
            switch (network.layers().get(i)) {
                case Lstm lstm -> {
                    value = layers.add(i, recurrent++, lstm, value, steps);
                    if (i == lastLstm) {
                        value = layers.leave(value, steps, lstm.hiddenSize());
                        value = form == ExportForm.WINDOW ? lastStep(value, lstm.hiddenSize()) : value;
                    }
                }
                case Bidirectional both -> {
                    value = new TfliteBidirectional(graph, model.weights(), layers instanceof TfliteHybridLstm)
                            .add(i, recurrent++, both, value, steps);
                    value = i == lastLstm && form == ExportForm.WINDOW ? lastStep(value, both.outputSize()) : value;
                }
                case Dense dense -> value = TfliteHead.dense(graph, "dense." + i, dense,
                        model.weights().get(i, "weight"), model.weights().get(i, "bias"), value,
                        sequence && i < lastLstm ? new int[] {1, steps, dense.outputSize()}
                                : new int[] {form == ExportForm.STEP ? steps : 1, dense.outputSize()});
                case Layer other -> throw other.refusedBy("the TensorFlow Lite writer");
            }
        }
        return value;
    }

    /** {@code value[:, -1, :]} */
    private int lastStep(int value, int size) {
        int slice = graph.floats("last", 1, size);
        var options = new StridedSliceOptionsT();
        options.setBeginMask(0b101);
        options.setEndMask(0b101);
        options.setShrinkAxisMask(0b010);
        graph.operator(BuiltinOperator.STRIDED_SLICE, 1, BuiltinOptions.StridedSliceOptions, options, new int[] {value,
            graph.integers("last.begin", null, 0, -1, 0), graph.integers("last.end", null, 0, 0, 0),
            graph.integers("last.strides", null, 1, 1, 1)}, slice);
        return slice;
    }

    private void describe() {
        model.manifest().ifPresent(manifest -> graph.metadata(TfliteMetadata.KEY,
                TfliteMetadata.of(manifest, graph.inputNames(), graph.outputNames())));
    }

    private void outputs(int scaled, String precision) {
        graph.rename(scaled, SCALED);
        graph.output(scaled);
        graph.metadata(PRECISION_KEY, precision.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        model.manifest().ifPresent(manifest -> {
            var outputs = manifest.task().outputs();
            int physical = graph.floats(PHYSICAL, 1, outputs.size());
            TfliteHead.physical(graph, scaled, outputs, physical);
            graph.output(physical);
            graph.metadata(MANIFEST_KEY, manifest.toJson().getBytes(StandardCharsets.UTF_8));
        });
    }
}
