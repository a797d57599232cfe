package dev.adze.compress.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import dev.adze.runtime.model.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of random architectures (kinds of layers, directions, ways around, pooling, sizes, precisions) in ONNX Runtime and,
 * where it has the layers, TensorFlow Lite, against LibTorch.
 */
class ExportedArchitecturesTest {
    private static final int STEPS = 9;
    private static final double FP32 = 5e-6;

    @TempDir
    Path folder;

    private static RecurrentLayer recurrent(int inputs, int hidden, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> new Lstm(inputs, hidden);
            case 1 -> new Gru(inputs, hidden);
            default -> new LstmVariant(inputs, hidden, false, true);
        };
    }

    /** @param causal without directions and pooling, so that it can be streamed */
    private static RecurrentNetwork network(Random random, boolean causal) {
        int inputs = 1 + random.nextInt(9);
        int size = inputs;
        var layers = new ArrayList<Layer>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            Layer layer;
            int hidden = 1 + random.nextInt(30);
            if (!causal && random.nextInt(2) == 0) {
                layer = new Bidirectional(recurrent(size, hidden, random), recurrent(size, 1 + random.nextInt(20), random));
            } else {
                layer = random.nextInt(3) == 0 ? new Residual(recurrent(size, size, random)) : recurrent(size, hidden, random);
            }
            layers.add(layer);
            size = layer.outputSize();
        }
        if (!causal) {
            switch (random.nextInt(3)) {
                case 0 -> layers.add(new MeanPooling(size));
                case 1 -> layers.add(new AttentionPooling(size, 1 + random.nextInt(5)));
                default -> { }
            }
        }
        layers.add(new Dense(size, 1 + random.nextInt(3), Dense.Activation.values()[random.nextInt(4)]));
        return new RecurrentNetwork(inputs, layers);
    }

    @Test
    void everyArchitectureGivesInOnnxRuntimeWhatItGivesInLibTorch() {
        for (long seed = 1; seed <= 24; seed++) {
            var random = new Random(seed);
            boolean causal = seed % 2 == 0;
            RecurrentNetwork network = network(random, causal);
            var model = ExportModel.of(RandomModels.weights(network, random));
            float[] features = RandomModels.features(network, STEPS, random);
            for (OnnxPrecision precision : OnnxPrecision.values()) {
                if (precision == OnnxPrecision.INT8_DYNAMIC && RecurrentLayers.hasGru(network)) {
                    continue; // ONNX Runtime has no operator for it
                }
                double allowed = switch (precision) {
                    case FP32, INT8_WEIGHTS -> FP32;
                    case INT8_DYNAMIC, INT8_QDQ -> 0.04;
                };
                Weights meant = precision == OnnxPrecision.FP32 ? model.weights() : model.int8().toWeights();
                float[] torch = ArchitectureEnginesTest.inTorch(meant, features, STEPS);
                compare(torch, OnnxWriter.write(model, ExportForm.WINDOW, precision, features), features, allowed,
                        "seed " + seed + ", " + precision + ", window, " + network);
                if (causal) {
                    compare(torch, OnnxWriter.write(model, ExportForm.STEP, precision, features), features, allowed,
                            "seed " + seed + ", " + precision + ", step, " + network);
                }
            }
        }
    }

    /** The last step's outputs. */
    private static void compare(float[] expected, byte[] file, float[] features, double allowed, String what) {
        try (var engine = OnnxEngine.open(file)) {
            float[] all = engine.run(features, STEPS).scaled();
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], all[all.length - expected.length + i], allowed, what);
            }
        }
    }

    @Test
    void convolutionsAttentionAndStaticFeaturesGiveInOnnxRuntimeWhatTheyGiveInLibTorch() {
        var dense = new Dense(9, 2, Dense.Activation.IDENTITY);
        int seed = 0;
        for (List<Layer> layers : List.<List<Layer>>of(
                List.of(new Convolution(4, 7, 3, 2, Dense.Activation.GELU), new Lstm(7, 8), new StaticFeatures(8, List.of(3))),
                List.of(new Gru(4, 9), new SelfAttention(9, 3)),
                List.of(new Lstm(4, 6), new TransformerLayer(6, 2, 11), new StaticFeatures(6, List.of(1, 0, 3))),
                List.of(new Convolution(4, 6, 2, 1, Dense.Activation.IDENTITY), new Gru(6, 8), new SelfAttention(8, 1), new TransformerLayer(8, 4, 5),
                        new AttentionPooling(8, 3), new StaticFeatures(8, List.of(2))))) {
            var all = new ArrayList<>(layers);
            all.add(dense);
            var network = new RecurrentNetwork(4, all);
            var random = new Random(++seed);
            Weights weights = RandomModels.weights(network, random);
            float[] features = RandomModels.features(network, STEPS, random);
            compare(ArchitectureEnginesTest.inTorch(weights, features, STEPS), OnnxWriter.write(ExportModel.of(weights), ExportForm.WINDOW,
                    OnnxPrecision.FP32), features, FP32, network.toString());
            var result = Exporter.export(write(network, TaskSpec.Mode.WINDOW), onnx(ExportForm.WINDOW, ExportPrecision.FP32),
                    folder.resolve("window.onnx"), Optional.empty());
            assertTrue(result.parity().largest() < FP32, result.parity().describe());
        }
    }

    @Test
    void lstmNetworksGiveInTensorFlowLiteWhatTheyGiveInLibTorch() {
        for (long seed = 1; seed <= 8; seed++) {
            var random = new Random(seed);
            RecurrentNetwork network = RandomModels.network(random);
            var model = ExportModel.of(RandomModels.weights(network, random));
            float[] features = RandomModels.features(network, STEPS, random);
            float[] torch = ArchitectureEnginesTest.inTorch(model.weights(), features, STEPS);
            for (TflitePrecision precision : TflitePrecision.values()) {
                double allowed = precision == TflitePrecision.FP32 ? FP32 : 0.04;
                for (ExportForm form : ExportForm.values()) {
                    try (var engine = Engines.open(ExportTarget.TFLITE, TfliteWriter.write(model, form, precision, features),
                            null, form)) {
                        float[] all = engine.run(features, STEPS).scaled();
                        for (int i = 0; i < torch.length; i++) {
                            assertEquals(torch[i], all[all.length - torch.length + i], allowed,
                                    "seed " + seed + ", " + precision + ", " + form + ", " + network);
                        }
                    }
                }
            }
        }
    }

    @Test
    void bidirectionalLstmsGiveInTensorFlowLiteWhatTheyGiveInLibTorch() {
        for (long seed = 1; seed <= 8; seed++) {
            var random = new Random(seed);
            int inputs = 1 + random.nextInt(7);
            int hidden = 1 + random.nextInt(20);
            var layers = new ArrayList<Layer>(List.of(
                    new Bidirectional(new Lstm(inputs, hidden), new Lstm(inputs, hidden))));
            int size = 2 * hidden;
            if (seed % 2 == 0) {
                layers.add(seed % 4 == 0 ? new Lstm(size, 6) : new Bidirectional(new Lstm(size, 5), new Lstm(size, 5)));
                size = layers.getLast().outputSize();
            }
            layers.add(new Dense(size, 2, Dense.Activation.IDENTITY));
            var network = new RecurrentNetwork(inputs, layers);
            var model = ExportModel.of(RandomModels.weights(network, random));
            float[] features = RandomModels.features(network, STEPS, random);
            float[] torch = ArchitectureEnginesTest.inTorch(model.weights(), features, STEPS);
            for (TflitePrecision precision : List.of(TflitePrecision.FP32, TflitePrecision.INT8_HYBRID)) {
                try (var engine = TfliteEngine.open(TfliteWriter.write(model, ExportForm.WINDOW, precision, features))) {
                    float[] actual = engine.run(features, STEPS).scaled();
                    for (int i = 0; i < torch.length; i++) {
                        assertEquals(torch[i], actual[i], precision == TflitePrecision.FP32 ? FP32 : 0.04,
                                "seed " + seed + ", " + precision + ", " + network);
                    }
                }
            }
        }
    }

    private Path write(RecurrentNetwork network, TaskSpec.Mode mode) {
        var random = new Random(7);
        Bundle bundle = RandomModels.bundle(NetworkTensors.of(RandomModels.weights(network, random)), mode, 6, random);
        Path file = folder.resolve("model.adze");
        bundle.write(file);
        return file;
    }

    private static ExportRequest onnx(ExportForm form, ExportPrecision precision) {
        return new ExportRequest(ExportTarget.ONNX, Optional.ofNullable(form), Optional.ofNullable(precision), false, false);
    }

    @Test
    void bundlesOfOtherLayersAreExportedWithTheirStateAndProven() {
        var dense = new Dense(8, 1, Dense.Activation.IDENTITY);
        var gru = new RecurrentNetwork(3, List.of(new Gru(3, 8), new Residual(new LstmVariant(8, 8, false, true)), dense));
        for (ExportForm form : ExportForm.values()) {
            Path file = write(gru, TaskSpec.Mode.STREAM);
            Path out = folder.resolve("gru.onnx");
            var result = Exporter.export(file, onnx(form, ExportPrecision.FP32), out, Optional.empty());
            assertTrue(result.parity().largest() < FP32, result.parity().describe());
            assertEquals(result.parity(), ExportVerifier.verify(file, ExportTarget.ONNX, out, Optional.empty()));
        }
        var both = new RecurrentNetwork(3, List.of(new Bidirectional(new Lstm(3, 4), new Gru(3, 4)), new MeanPooling(8), dense));
        var result = Exporter.export(write(both, TaskSpec.Mode.WINDOW), onnx(null, null), folder.resolve("both.onnx"),
                Optional.empty());
        assertTrue(result.parity().largest() < FP32, result.parity().describe());
        var lstms = new RecurrentNetwork(3, List.of(new Bidirectional(new Lstm(3, 4), new Lstm(3, 4)), dense));
        Path file = write(lstms, TaskSpec.Mode.WINDOW);
        for (ExportPrecision precision : List.of(ExportPrecision.FP32, ExportPrecision.INT8)) {
            Exporter.export(file, new ExportRequest(ExportTarget.TFLITE, Optional.empty(), Optional.of(precision), false, false),
                    folder.resolve("both.tflite"), Optional.empty());
        }
        var e = assertThrows(AdzeException.class, () -> Exporter.export(file, new ExportRequest(ExportTarget.TFLITE,
                Optional.empty(), Optional.of(ExportPrecision.INT8_FULL), false, false), folder.resolve("no"), Optional.empty()));
        assertTrue(e.getMessage().contains("--precision int8"), e.getMessage());
        var uneven = new RecurrentNetwork(3, List.of(new Bidirectional(new Lstm(3, 5), new Lstm(3, 3)), dense));
        e = assertThrows(AdzeException.class, () -> Exporter.export(write(uneven, TaskSpec.Mode.WINDOW),
                new ExportRequest(ExportTarget.TFLITE, Optional.empty(), Optional.empty(), false, false),
                folder.resolve("no"), Optional.empty()));
        assertTrue(e.getMessage().contains("--to onnx, or a bidirectional layer of two lstm layers of one size"), e.getMessage());
    }

    @Test
    void whatOnnxDoesNotHaveIsNamedWithTheNearestForm() {
        var dense = new Dense(8, 1, Dense.Activation.IDENTITY);
        record Case(RecurrentNetwork network, TaskSpec.Mode mode, ExportForm form, ExportPrecision precision, String expected) {}
        var bidirectional = new RecurrentNetwork(3, List.of(new Bidirectional(new Lstm(3, 4), new Lstm(3, 4)), dense));
        for (Case each : List.of(
                new Case(new RecurrentNetwork(3, List.of(new LstmVariant(3, 8, true, false), dense)), TaskSpec.Mode.STREAM, null,
                        null, "layer normalisation) layer, which the export to ONNX does not have; the nearest supported form is an"
                        + " lstm layer from 3 to 8"),
                new Case(new RecurrentNetwork(3, List.of(new ProjectedLstm(3, 9, 8), dense)), TaskSpec.Mode.STREAM, null, null,
                        "layer 0 is a lstm-projected layer"),
                new Case(bidirectional, TaskSpec.Mode.WINDOW, ExportForm.STEP, null, "--form window"),
                new Case(new RecurrentNetwork(3, List.of(new Convolution(3, 3, 2, 1, Dense.Activation.RELU), new Lstm(3, 8), dense)),
                        TaskSpec.Mode.STREAM, ExportForm.STEP, null, "has no --form step"),
                new Case(new RecurrentNetwork(3, List.of(new Lstm(3, 8), new SelfAttention(8, 2), dense)), TaskSpec.Mode.WINDOW, null,
                        ExportPrecision.INT8_QDQ, "--precision int8-weights"),
                new Case(new RecurrentNetwork(3, List.of(new Gru(3, 8), dense)), TaskSpec.Mode.STREAM, null,
                        ExportPrecision.INT8, "--precision int8-qdq"))) {
            var e = assertThrows(AdzeException.class, () -> Exporter.export(write(each.network, each.mode),
                    onnx(each.form, each.precision), folder.resolve("refused"), Optional.empty()));
            assertEquals(AdzeException.Kind.USAGE, e.kind(), e.getMessage());
            assertTrue(e.getMessage().contains(each.expected), e.getMessage());
        }
    }
}
