package dev.adze.compress.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.Safetensors;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.session.ModelSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.lite.support.metadata.MetadataExtractor;
import org.tensorflow.lite.support.metadata.schema.NormalizationOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bundles to files of other engines, which run them before they are kept. */
class ExporterTest {
    @TempDir
    Path folder;

    private static Bundle bundle(long seed, boolean int8, TaskSpec.Mode mode) {
        var random = new Random(seed);
        ExportModel model = ExportModel.of(RandomModels.weights(RecurrentNetwork.stackedLstm(5, 2, 24, 2), random));
        return RandomModels.bundle(int8 ? model.int8() : NetworkTensors.of(model.weights()), mode, 12, random);
    }

    private Path write(Bundle bundle) {
        Path file = folder.resolve("model.adze");
        bundle.write(file);
        return file;
    }

    private static ExportRequest request(ExportTarget target, ExportForm form, ExportPrecision precision, boolean explicit) {
        return new ExportRequest(target, Optional.ofNullable(form), Optional.ofNullable(precision), explicit, false);
    }

    private static AdzeException refused(AdzeException.Kind kind, org.junit.jupiter.api.function.Executable action) {
        var e = assertThrows(AdzeException.class, action);
        assertEquals(kind, e.kind(), e.getMessage());
        return e;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void everyFormOfEveryTargetRunsInItsEngineWithinItsTolerance() throws IOException {
        for (boolean int8 : new boolean[] {false, true}) {
            for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
                Path bundle = write(bundle(3, int8, mode));
                for (ExportForm form : ExportForm.values()) {
                    for (ExportPrecision precision : ExportPrecision.values()) {
                        for (ExportTarget target : ExportTarget.values()) {
                            if (supports(target, precision)) {
                                exportAndVerify(bundle, request(target, form, precision, false));
                            }
                        }
                    }
                }
                exportAndVerify(bundle, request(ExportTarget.TFLITE, ExportForm.STEP, ExportPrecision.FP32, true));
            }
        }
    }

    private static boolean supports(ExportTarget target, ExportPrecision precision) {
        return switch (target) {
            case ONNX -> precision != ExportPrecision.INT8_FULL && precision != ExportPrecision.INT16X8;
            case TFLITE -> precision != ExportPrecision.INT8_QDQ && precision != ExportPrecision.INT8_WEIGHTS;
            case SAFETENSORS -> precision == ExportPrecision.FP32;
        };
    }

    private void exportAndVerify(Path bundle, ExportRequest request) throws IOException {
        Path out = folder.resolve("exported");
        var result = Exporter.export(bundle, request, out, Optional.empty());
        assertEquals(Files.size(out), result.bytes());
        JsonNode json = JsonMapper.shared().readTree(Files.readString(result.report()));
        assertEquals(result.parity().largest(), json.get("golden").get("largestDifference").asDouble(), 1e-12);
        assertEquals(request.target().name().toLowerCase(java.util.Locale.ROOT), json.get("target").asString());
        var repeated = ExportVerifier.verify(bundle, request.target(), out, Optional.empty());
        if (request.target() != ExportTarget.SAFETENSORS) { // holds weights alone: there the bundle's own form is checked
            assertEquals(result.parity(), repeated);
        }
    }

    @Test
    void preprocessingInsideTakesRawValuesWithGapsAndGivesTheSame() throws IOException {
        for (long seed = 1; seed <= 12; seed++) {
            var random = new Random(seed);
            int channels = 1 + random.nextInt(4);
            var specs = java.util.stream.IntStream.range(0, channels).mapToObj(i -> new dev.adze.runtime.preprocess.ChannelSpec(
                    "c" + i, "bar", 1e4 * random.nextDouble(), (random.nextBoolean() ? 3 : -0.01) * (1 + random.nextDouble()),
                    0, 1)).toList();
            var preprocess = new dev.adze.runtime.preprocess.PreprocessSpec(specs, random.nextInt(4),
                    random.nextBoolean() ? 2.5 : Double.POSITIVE_INFINITY,
                    List.of(List.<Double>of(), List.of(0.25), List.of(0.5, 0.01)).get(random.nextInt(3)), random.nextBoolean());
            var weights = RandomModels.weights(RecurrentNetwork.stackedLstm(preprocess.featureCount(), 2, 9, 1), random);
            var task = new TaskSpec(TaskSpec.Kind.REGRESSION, TaskSpec.Mode.STREAM, 4, 0, 0,
                    List.of(new TaskSpec.OutputSpec("y", "", 0, 1, -1, 1)));
            int steps = 60;
            float[] raw = new float[steps * channels];
            for (int i = 0; i < raw.length; i++) {
                var spec = specs.get(i % channels);
                raw[i] = switch (random.nextInt(5)) {
                    case 0 -> Float.NaN;
                    case 1 -> random.nextInt(4) == 0 ? Float.NEGATIVE_INFINITY : Float.NaN;
                    default -> (float) (spec.center() + 2 * spec.scale() * random.nextGaussian());
                };
            }
            Bundle bundle = RandomModels.bundle(NetworkTensors.of(weights), preprocess, task, steps, raw,
                    new Manifest.Tolerance(2e-6, 1e-6));
            Path file = write(bundle);
            var request = new ExportRequest(ExportTarget.ONNX, Optional.empty(), Optional.empty(), false, true);
            exportAndVerify(file, request);
            var heldOut = Exporter.export(file, request, folder.resolve("exported"), Optional.of(_ -> heldOut(bundle)));
            assertEquals(heldOut.parity().heldOut().orElseThrow().bundle(), heldOut.parity().heldOut().orElseThrow().export(),
                    1e-5, "seed " + seed);
        }
        Path window = write(bundle(3, false, TaskSpec.Mode.WINDOW));
        refused(AdzeException.Kind.USAGE, () -> Exporter.export(window, new ExportRequest(ExportTarget.ONNX, Optional.empty(),
                Optional.empty(), false, true), folder.resolve("exported"), Optional.empty()));
    }

    @Test
    void aFileBeyondTheToleranceIsNotLeftBehind() throws IOException {
        Bundle good = bundle(3, false, TaskSpec.Mode.STREAM);
        Manifest m = good.manifest();
        GoldenCase golden = good.goldenCases().getFirst();
        Path bundle = write(RandomModels.bundle(good.weights(), m.preprocess(), m.task(), golden.steps(), golden.inputs(),
                new Manifest.Tolerance(1e-12, 0)));
        for (ExportTarget target : ExportTarget.values()) {
            var e = refused(AdzeException.Kind.MISMATCH, () -> Exporter.export(bundle,
                    request(target, null, null, false), folder.resolve("exported"), Optional.empty()));
            assertTrue(e.getMessage().contains("golden vector 0"), e.getMessage());
        }
        assertEquals(List.of("model.adze"), files());
    }

    /** Truth that the bundle hits to within a rounding error, so that any int8 form must be far worse. */
    private static HeldOut heldOut(Bundle bundle) {
        Manifest m = bundle.manifest();
        int channels = m.preprocess().channels().size();
        int outputs = m.task().outputs().size();
        GoldenCase golden = bundle.goldenCases().getFirst();
        float[] truth = new float[golden.steps() * outputs];
        try (var network = CompiledNetwork.compile(bundle.weights());
                var session = new ModelSession(network, m.preprocess(), m.task())) {
            float[] output = new float[outputs];
            for (int t = 0; t < golden.steps(); t++) {
                session.preprocess(Arrays.copyOfRange(golden.inputs(), t * channels, (t + 1) * channels));
                session.infer(output);
                for (int o = 0; o < outputs; o++) {
                    truth[t * outputs + o] = output[o] + (t % 2 == 0 ? 0.02f : -0.02f);
                }
            }
        }
        return new HeldOut(List.of(new HeldOut.Part("series", golden.steps(), golden.inputs(), truth, null, null, 2)), false);
    }

    @Test
    void theTaskMetricOnTheHeldOutPartIsComparedAndStored() throws IOException {
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            Bundle bundle = bundle(4, false, mode);
            Path file = write(bundle);
            for (ExportTarget target : ExportTarget.values()) {
                var result = Exporter.export(file, request(target, null, null, false), folder.resolve("exported"),
                        Optional.of(_ -> heldOut(bundle)));
                var figures = result.parity().heldOut().orElseThrow();
                assertEquals(2 * (bundle.goldenCases().getFirst().steps() - 2), figures.values());
                // Outputs are 20 ± 5 degC and two alternating errors of 0.02 K were made.
                assertEquals(0.02 / 5, figures.bundle(), 1e-5);
                assertEquals(figures.bundle(), figures.export(), 1e-5);
                JsonNode json = JsonMapper.shared().readTree(Files.readString(result.report()));
                assertEquals(figures.export(), json.get("heldOut").get("export").asDouble(), 1e-12);
                assertTrue(result.parity().describe().contains("held-out part: scaled RMSE"), result.parity().describe());
            }
        }
    }

    @Test
    void anExportWithAWorseTaskMetricIsRefused() throws IOException {
        Bundle bundle = bundle(4, false, TaskSpec.Mode.STREAM);
        Path file = write(bundle);
        var e = refused(AdzeException.Kind.MISMATCH, () -> Exporter.export(file,
                request(ExportTarget.TFLITE, null, ExportPrecision.INT8_FULL, false), folder.resolve("exported"),
                Optional.of(_ -> heldOut(bundle))));
        assertTrue(e.getMessage().contains("held-out part") && e.getMessage().contains("--precision int8 or fp32"), e.getMessage());
        assertEquals(List.of("model.adze"), files());
    }

    @Test
    void verifyFindsAnExportOfAnotherBundle() {
        Path exported = folder.resolve("exported");
        Path other = folder.resolve("other.adze");
        bundle(8, false, TaskSpec.Mode.STREAM).write(other);
        Path own = write(bundle(7, false, TaskSpec.Mode.STREAM));
        for (ExportTarget target : ExportTarget.values()) {
            Exporter.export(own, request(target, null, null, false), exported, Optional.empty());
            var e = refused(AdzeException.Kind.MISMATCH,
                    () -> ExportVerifier.verify(other, target, exported, Optional.empty()));
            assertTrue(e.getMessage().contains("not exported from this bundle"), e.getMessage());
        }
    }

    @Test
    void damagedAndForeignFilesAreRefusedInOneLine() throws IOException {
        Path bundle = write(bundle(3, false, TaskSpec.Mode.STREAM));
        Path exported = folder.resolve("exported");
        for (ExportTarget target : ExportTarget.values()) {
            Exporter.export(bundle, request(target, null, null, false), exported, Optional.empty());
            byte[] whole = Files.readAllBytes(exported);
            for (int part = 0; part < 24; part++) {
                Files.write(exported, Arrays.copyOf(whole, (int) ((long) whole.length * part / 24)));
                refused(AdzeException.Kind.BAD_BUNDLE,
                        () -> ExportVerifier.verify(bundle, target, exported, Optional.empty()));
            }
            for (ExportTarget wrong : ExportTarget.values()) {
                if (wrong != target) {
                    Files.write(exported, whole);
                    refused(AdzeException.Kind.BAD_BUNDLE,
                            () -> ExportVerifier.verify(bundle, wrong, exported, Optional.empty()));
                }
            }
        }
        refused(AdzeException.Kind.NOT_FOUND,
                () -> ExportVerifier.verify(bundle, ExportTarget.ONNX, folder.resolve("nothing"), Optional.empty()));
    }

    @Test
    void aCombinationThatATargetLacksIsRefusedWithTheNearestOne() {
        Path bundle = write(bundle(3, true, TaskSpec.Mode.WINDOW));
        record Case(ExportRequest request, String nearest) {}
        for (Case c : List.of(
                new Case(request(ExportTarget.ONNX, null, ExportPrecision.INT8_FULL, false), "int8-qdq"),
                new Case(request(ExportTarget.TFLITE, null, ExportPrecision.INT8_QDQ, false), "int8-full"),
                new Case(request(ExportTarget.SAFETENSORS, null, ExportPrecision.INT8, false), "fp32"),
                new Case(request(ExportTarget.ONNX, null, null, true), "state as inputs"),
                new Case(request(ExportTarget.TFLITE, ExportForm.WINDOW, null, true), "--form step --precision fp32"))) {
            var e = refused(AdzeException.Kind.USAGE,
                    () -> Exporter.export(bundle, c.request(), folder.resolve("exported"), Optional.empty()));
            assertTrue(e.getMessage().contains(c.nearest()), e.getMessage());
        }
    }

    @Test
    void safetensorsHaveTheNamesAndShapesOfTorchModules() {
        Bundle bundle = bundle(3, false, TaskSpec.Mode.STREAM);
        Exporter.export(write(bundle), request(ExportTarget.SAFETENSORS, null, null, false), folder.resolve("exported"),
                Optional.empty());
        try (var arena = java.lang.foreign.Arena.ofConfined()) {
            var tensors = Safetensors.read(folder.resolve("exported"), arena).tensors();
            assertEquals(List.of("lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0",
                    "lstm.weight_ih_l1", "lstm.weight_hh_l1", "lstm.bias_ih_l1", "lstm.bias_hh_l1", "head.weight",
                    "head.bias"), List.copyOf(tensors.keySet()));
            assertEquals(List.of(96, 5), tensors.get("lstm.weight_ih_l0").shape());
            assertEquals(List.of(96, 24), tensors.get("lstm.weight_ih_l1").shape());
            assertEquals(List.of(2, 24), tensors.get("head.weight").shape());
        }
    }

    @Test
    void aProjectedLstmIsAlsoOneTorchModule() throws IOException {
        var random = new Random(15);
        var network = new RecurrentNetwork(5, List.of(new ProjectedLstm(5, 24, 10), new ProjectedLstm(10, 24, 10),
                new Dense(10, 2, Dense.Activation.IDENTITY)));
        Path file = write(RandomModels.bundle(dev.adze.runtime.model.NetworkTensors.of(RandomModels.weights(network, random)),
                TaskSpec.Mode.STREAM, 6, random));
        exportAndVerify(file, request(ExportTarget.SAFETENSORS, null, null, false));
        try (var arena = java.lang.foreign.Arena.ofConfined()) {
            var tensors = Safetensors.read(folder.resolve("exported"), arena).tensors();
            assertEquals(List.of(10, 24), tensors.get("lstm.weight_hr_l1").shape());
            assertEquals(List.of(96, 10), tensors.get("lstm.weight_hh_l1").shape());
        }
        var e = refused(AdzeException.Kind.USAGE, () -> Exporter.export(file, request(ExportTarget.ONNX, null, null, false),
                folder.resolve("exported"), Optional.empty()));
        assertTrue(e.getMessage().contains("lstm-projected"), e.getMessage());
    }

    @Test
    void bundlesOfOtherPrecisionsAreExportedWithTheValuesOfTheirWeights() throws IOException {
        for (Precision precision : List.of(Precision.FP16, Precision.INT4)) {
            var random = new Random(14);
            var weights = RandomModels.weights(RecurrentNetwork.stackedLstm(5, 2, 24, 2), random);
            Path file = write(RandomModels.bundle(NetworkQuantizer.quantize(weights, precision), TaskSpec.Mode.STREAM, 6, random));
            for (ExportTarget target : ExportTarget.values()) {
                exportAndVerify(file, request(target, null, null, false));
            }
        }
    }

    @Test
    void tfliteToolsFindNamesUnitsAndNormalisation() throws IOException {
        Path bundle = write(bundle(3, false, TaskSpec.Mode.STREAM));
        for (boolean explicit : new boolean[] {false, true}) {
            Exporter.export(bundle, request(ExportTarget.TFLITE, null, null, explicit), folder.resolve("exported"),
                    Optional.empty());
            var read = new MetadataExtractor(ByteBuffer.wrap(Files.readAllBytes(folder.resolve("exported"))));
            assertEquals("random", read.getModelMetadata().name());
            assertEquals(read.getInputTensorCount(), read.getModelMetadata().subgraphMetadata(0).inputTensorMetadataLength());
            assertEquals(read.getOutputTensorCount(), read.getModelMetadata().subgraphMetadata(0).outputTensorMetadataLength());
            var features = read.getInputTensorMetadata(0);
            assertEquals("features", features.name());
            assertTrue(features.description().contains("sensor.0 [degC], sensor.1,"), features.description());
            var normalization = (NormalizationOptions) features.processUnits(0).options(new NormalizationOptions());
            for (int i = 0; i < 5; i++) {
                assertEquals(20 + i, normalization.mean(i));
                assertEquals(2 + i, normalization.std(i));
            }
            assertEquals("ahead.0 [degC], ahead.1 [degC]", read.getOutputTensorMetadata(1).description());
            assertEquals(15, read.getOutputTensorMetadata(1).stats().min(0));
        }
    }

    @Test
    void aLayerThatExportsDoNotHaveIsNamedWithTheNearestOne() throws IOException {
        var random = new Random(13);
        var network = new RecurrentNetwork(3, List.of(new dev.adze.runtime.model.Gru(3, 8),
                new dev.adze.runtime.model.Dense(8, 1, dev.adze.runtime.model.Dense.Activation.IDENTITY)));
        Path file = write(RandomModels.bundle(NetworkTensors.of(RandomModels.weights(network, random)), TaskSpec.Mode.STREAM,
                6, random));
        for (ExportTarget target : List.of(ExportTarget.TFLITE, ExportTarget.SAFETENSORS)) {
            var e = refused(AdzeException.Kind.USAGE, () -> Exporter.export(file, request(target, null, null, false),
                    folder.resolve("exported"), Optional.empty()));
            assertTrue(e.getMessage().contains("layer 0 is a gru layer")
                    && e.getMessage().contains("--to onnx, or an lstm layer from 3 to 8"), e.getMessage());
        }
        assertEquals(List.of("model.adze"), files());
    }

    @Test
    void layersOfDifferentSizesDoNotFitOneTorchLstm() {
        var random = new Random(12);
        var network = new RecurrentNetwork(3, List.of(new dev.adze.runtime.model.Lstm(3, 8), new dev.adze.runtime.model.Lstm(8, 5),
                new dev.adze.runtime.model.Dense(5, 1, dev.adze.runtime.model.Dense.Activation.IDENTITY)));
        Path file = write(RandomModels.bundle(NetworkTensors.of(RandomModels.weights(network, random)), TaskSpec.Mode.STREAM,
                6, random));
        var e = refused(AdzeException.Kind.USAGE, () -> Exporter.export(file,
                request(ExportTarget.SAFETENSORS, null, null, false), folder.resolve("exported"), Optional.empty()));
        assertTrue(e.getMessage().contains("layer 0") && e.getMessage().contains("--to onnx"), e.getMessage());
    }
}
