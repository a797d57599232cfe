package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.model.WeightBlocks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user types them, on a small recording of two coupled oscillations. */
class PipelineCommandTest extends CapturedOutput {
    @TempDir
    Path folder;

    @BeforeEach
    void writeRecordingAndRecipe() throws IOException {
        var random = new Random(5);
        var csv = new StringBuilder("time[ms],a[V],b[V],flat[]\n");
        for (int t = 0; t < 900; t++) {
            double gap = t % 97 == 13 ? Double.NaN : Math.sin(0.3 * t) + 0.02 * random.nextGaussian();
            csv.append(1_700_000_000_000L + 500L * t).append(',')
                    .append(Double.isNaN(gap) ? "" : String.format(Locale.ROOT, "%.4f", gap)).append(',')
                    .append(String.format(Locale.ROOT, "%.4f", 3 + Math.cos(0.3 * t + 0.5))).append(",7\n");
        }
        Files.writeString(folder.resolve("a.csv"), csv);
        Files.writeString(folder.resolve("r.yaml"), """
                adze-recipe: 1
                name: waves
                threads: 1
                data:
                  files: [a.csv]
                task:
                  kind: forecast
                  mode: stream
                  target: ahead
                  windowSteps: 16
                  horizonSteps: 4
                  targets: [a, b]
                teacher:
                  layers: 2
                  hiddenSize: 24
                  train: {epochs: 8, batchSize: 16, learningRate: 0.01, dropout: 0.0}
                student:
                  layers: 1
                  hiddenSize: 16
                  train: {epochs: 8, batchSize: 16, learningRate: 0.01, dropout: 0.0}
                quantize:
                  goldenSteps: 24
                """);
    }

    private int adze(String... args) {
        outText.reset();
        errText.reset();
        return Main.run(args);
    }

    private int run(String out, String... more) {
        return adze(Stream.concat(Stream.of("run", folder.resolve("r.yaml").toString(), "--out",
                folder.resolve(out).toString()), Stream.of(more)).toArray(String[]::new));
    }

    private void assertRefused(int expectedCode, int code, String... words) {
        String error = errText.toString(StandardCharsets.UTF_8);
        assertEquals(expectedCode, code, error);
        assertEquals(1, error.strip().lines().count(), error);
        assertTrue(error.startsWith("adze: error: "), error);
        for (String word : words) {
            assertTrue(error.contains(word), "no '" + word + "' in: " + error);
        }
    }

    private double metric(String text, String stage) {
        return text.lines().filter(l -> l.startsWith(stage)).map(l -> l.replaceAll(".*scaled RMSE ([0-9.]+).*", "$1"))
                .mapToDouble(Double::parseDouble).findFirst().orElseThrow(() -> new AssertionError(text));
    }

    @Test
    void anLstmTeacherCanHaveAGruStudentThatRunsOnTheDevice() throws IOException {
        assertEquals(0, run("gru", "--set", "student.architecture.cell=gru"), () -> errText.toString(StandardCharsets.UTF_8));
        String text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("GRU 16"), text);
        assertTrue(metric(text, "student int8") < 0.3 * metric(text, "no model"), text);
        assertTrue(metric(text, "student int8") < 1.2 * metric(text, "student fp32") + 0.02, text);
        for (String precision : new String[] {"fp32", "int8"}) {
            assertEquals(0, adze("verify", folder.resolve("gru/waves-student-" + precision + ".adze").toString()));
        }
    }

    @Test
    void aForecastOfEveryStepStartsFromTheSeason() throws IOException {
        String[] keys = {"task.mode=window", "task.windowSteps=42", "task.horizonSteps=6", "task.everyStep=true",
            "task.relativeTo=season", "task.seasonSteps=21", "split={by: rows, rows: [600, 100, 150]}", "teacher.train.epochs=2",
            "student.train.epochs=2"};
        assertEquals(0, run("steps", Stream.of(keys).flatMap(k -> Stream.of("--set", k)).toArray(String[]::new)),
                () -> errText.toString(StandardCharsets.UTF_8));
        String text = outText.toString(StandardCharsets.UTF_8);
        // 0.3 * 21 is a period but for 0.02: the season alone tells nearly all, and the network must not spoil it.
        double alone = metric(text.replace("MSE", "RMSE"), "no model");
        assertTrue(alone < 0.01, text);
        assertTrue(metric(text.replace("MSE", "RMSE"), "student int8") < alone + 0.02, text);
        Path bundle = folder.resolve("steps/waves-student-int8.adze");
        assertEquals(0, adze("verify", bundle.toString()));
        assertRefused(2, adze("export", bundle.toString(), "--to", "onnx", "--out", folder.resolve("x.onnx").toString()),
                "relative to earlier values");
        assertFalse(Files.exists(folder.resolve("x.onnx")));
        assertRefused(2, run("never", "--set", "task.relativeTo=season", "--set", "task.seasonSteps=21"), "task.mode: window");
    }

    @Test
    void errorsOfForecastsTellWhatIsUnusual() throws IOException {
        var random = new Random(6);
        var csv = new StringBuilder("time[ms],a[V],b[V],fault\n");
        for (int t = 0; t < 900; t++) {
            // From 700 to 800 the two no longer belong together.
            boolean fault = t >= 700 && t < 800;
            csv.append(1_700_000_000_000L + 500L * t).append(String.format(Locale.ROOT, ",%.4f,%.4f,%d%n",
                    Math.sin(0.3 * t) + 0.05 * random.nextGaussian(), 3 + Math.cos(0.3 * t + 0.5) + (fault ? 1 : 0), fault ? 1 : 0));
        }
        Files.writeString(folder.resolve("a.csv"), csv);
        String[] keys = {"task.kind=anomaly", "task.horizonSteps=1", "task.label=fault", "task.targets=[b]",
            "split={by: rows, rows: [450, 150, 0]}", "anomaly.smoothing=0.2"};
        String[] overrides = Stream.of(keys).flatMap(k -> Stream.of("--set", k)).toArray(String[]::new);
        assertEquals(0, run("faults", overrides), () -> errText.toString(StandardCharsets.UTF_8));
        String text = outText.toString(StandardCharsets.UTF_8).replace("F1", "scaled RMSE");
        assertTrue(metric(text, "student int8") > 0.85, text);
        assertTrue(Math.abs(metric(text, "student int8") - metric(text, "student fp32")) < 0.05, text);
        Path bundle = folder.resolve("faults/waves-student-int8.adze");
        assertEquals(0, adze("verify", bundle.toString()));
        assertEquals(0, adze("info", bundle.toString()));
        assertTrue(outText.toString(StandardCharsets.UTF_8).contains("anomaly"), outText.toString(StandardCharsets.UTF_8));
        assertRefused(2, run("never", Stream.concat(Stream.of(overrides), Stream.of("--set", "task.label=''")).toArray(String[]::new)),
                "task.label");
    }

    @Test
    void aWindowRecipeTakesEveryPart() throws IOException {
        String[] parts = {"task.mode=window", "teacher.architecture.bidirectional=true", "teacher.architecture.residual=true",
            "teacher.architecture.pooling=attention", "student.layers=2", "student.architecture.layerNorm=true",
            "student.architecture.peephole=true", "student.architecture.residual=true", "student.architecture.pooling=mean",
            "teacher.train.epochs=3", "student.train.epochs=3"};
        String[] overrides = Stream.of(parts).flatMap(part -> Stream.of("--set", part)).toArray(String[]::new);
        assertEquals(0, run("parts", overrides), () -> errText.toString(StandardCharsets.UTF_8));
        String text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("residual bidirectional LSTM 24, attention pooling 32"), text);
        assertTrue(text.contains("residual layer-norm peephole LSTM 16, mean pooling"), text);
        assertTrue(metric(text, "student int8") < metric(text, "no model"), text);
        assertEquals(0, adze("verify", folder.resolve("parts/waves-student-int8.adze").toString()));
        assertEquals(0, adze("info", folder.resolve("parts/waves-teacher.adze").toString()));
        assertRefused(2, run("never", "--set", "student.architecture.bidirectional=true"), "cannot stream it");
    }

    @Test
    void aRunGivesBundlesAndAReportAndLearnsMoreThanStandingStill() throws IOException {
        assertEquals(0, run("out"), () -> errText.toString(StandardCharsets.UTF_8));
        String text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("left out, constant in the training part: flat"), text);
        assertTrue(metric(text, "student int8") < 0.3 * metric(text, "no model"), text);
        assertTrue(metric(text, "student int8") < 1.2 * metric(text, "student fp32") + 0.02, text);
        for (String file : new String[] {"waves-teacher.adze", "waves-student-fp32.adze", "waves-student-int8.adze",
            "report.json", "report.html"}) {
            assertTrue(Files.size(folder.resolve("out").resolve(file)) > 1000, file);
        }
        try (Stream<Path> left = Files.walk(folder.resolve("out"))) {
            assertEquals(0, left.filter(p -> p.toString().endsWith(".partial")).count());
        }
    }

    @Test
    void finishedStepsAreNotRepeatedAndASecondRunGivesTheSameBytes() throws IOException {
        run("out");
        byte[] first = Files.readAllBytes(folder.resolve("out/waves-student-int8.adze"));
        assertEquals(0, run("out"));
        String text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("teacher: done before") && text.contains("student: done before"), text);
        assertArrayEquals(first, Files.readAllBytes(folder.resolve("out/waves-student-int8.adze")));
        assertEquals(0, run("again"));
        assertArrayEquals(first, Files.readAllBytes(folder.resolve("again/waves-student-int8.adze")));
        assertEquals(0, run("out", "--set", "student.train.epochs=1"));
        text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("teacher: done before") && !text.contains("student: done before"), text);
    }

    @Test
    void diagnoseTellsOfOverfittingAndOfGradientsThatExplode() throws IOException {
        assertEquals(0, adze("train", folder.resolve("r.yaml").toString(), "--out", folder.resolve("out").toString()));
        assertEquals(0, adze("diagnose", folder.resolve("out").toString()));
        String text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("teacher-") && !text.contains("gradient"), text);
        try (Stream<Path> events = Files.walk(folder.resolve("out/tensorboard"))) {
            assertTrue(events.anyMatch(f -> f.getFileName().toString().startsWith("events.out.tfevents.")));
        }
        // An absurd target scale: the loss, and with it every gradient, is a million times too large.
        assertEquals(0, adze("train", folder.resolve("r.yaml").toString(), "--out", folder.resolve("big").toString(),
                "--set", "teacher.train.loss=huber", "--set", "teacher.train.l2=1.0e9", "--set", "teacher.train.epochs=2"));
        assertTrue(outText.toString(StandardCharsets.UTF_8).contains("exploding gradient in "), outText::toString);
        assertEquals(0, adze("diagnose", folder.resolve("big").toString()));
        assertTrue(outText.toString(StandardCharsets.UTF_8).contains("lower train.learningRate"), outText::toString);
        assertRefused(3, adze("diagnose", folder.resolve("nowhere").toString()), "nowhere");
    }

    @Test
    void aChainOfAssistantsAndAnEnsembleTeachTheStudent() {
        assertEquals(0, run("out", "--set", "assistants=[{layers: 2, hiddenSize: 20, train: {epochs: 2, batchSize: 16}}]",
                "--set", "distill={ensemble: 2, init: teacher, finalAlpha: 0.2, cellHintWeight: 0.1, attentionWeight: 0.1}",
                "--set", "teacher.train.epochs=3", "--set", "student.train.epochs=2"),
                () -> errText.toString(StandardCharsets.UTF_8));
        String text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("mean of 2 teachers") && text.contains("assistant 1") && text.contains("teacher-2: "), text);
        assertTrue(Files.exists(folder.resolve("out/waves-assistant-1.adze")), text);
        assertRefused(2, run("out", "--set", "student.hiddenSize=40", "--set", "distill.init=teacher"), "40 units");
        assertRefused(2, run("out", "--set", "distill.alpha=0.5", "--set", "student.architecture.cell=gru", "--set",
                "distill.cellHintWeight=0.1"), "cellHintWeight");
    }

    @Test
    void quantizationAwareTrainingIsCachedAndGivesTheBundles() throws IOException {
        String[] shorter = {"--set", "teacher.train.epochs=3", "--set", "quantize.precisions=[int8, int4]"};
        assertEquals(0, run("out", shorter), () -> errText.toString(StandardCharsets.UTF_8));
        double before = metric(outText.toString(StandardCharsets.UTF_8), "student int4");
        assertEquals(0, run("out", Stream.concat(Stream.of(shorter), Stream.of("--set", "quantize.biasCorrection=true", "--set",
                "quantize.rounding=calibrated", "--set", "quantize.calibration=entropy")).toArray(String[]::new)), () -> errText.toString(StandardCharsets.UTF_8));
        assertEquals(2, outText.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains("corrected biases")).count());
        assertEquals(2, outText.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains("calibrated rounding")).count());
        assertEquals(0, adze("verify", folder.resolve("out/waves-student-int4.adze").toString()));
        assertEquals(0, run("out", shorter));
        byte[] fp32 = Files.readAllBytes(folder.resolve("out/waves-student-fp32.adze"));
        byte[] int4 = Files.readAllBytes(folder.resolve("out/waves-student-int4.adze"));
        String[] tuned = Stream.concat(Stream.of(shorter), Stream.of("--set",
                "quantize.aware={epochs: 4, learningRate: 0.003, precisions: [int4]}", "--set", "quantize.sensitivity=true"))
                .toArray(String[]::new);
        assertEquals(0, run("out", tuned), () -> errText.toString(StandardCharsets.UTF_8));
        String text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("student: done before") && text.contains("student-int4: validation"), text);
        assertTrue(!text.contains("student-int8:"), text);
        assertTrue(metric(text, "student int4") < before, before + " before:\n" + text);
        for (String part : new String[] {"layer 0 weight_hh forget", "all weights, and digits", "one step, 8 before the last"}) {
            assertEquals(2, text.lines().filter(line -> line.startsWith(part)).count(), part + " once a precision in:\n" + text);
            assertTrue(part.startsWith("one step") || Files.readString(folder.resolve("out/report.html")).contains(part));
        }
        byte[] first = Files.readAllBytes(folder.resolve("out/waves-student-int4.adze"));
        assertFalse(java.util.Arrays.equals(int4, first));
        assertEquals(fp32.length, Files.size(folder.resolve("out/waves-student-fp32.adze")));
        assertEquals(0, adze("verify", folder.resolve("out/waves-student-int4.adze").toString()));
        assertEquals(0, run("out", tuned));
        assertTrue(outText.toString(StandardCharsets.UTF_8).contains("student-int4: done before"), outText::toString);
        assertArrayEquals(first, Files.readAllBytes(folder.resolve("out/waves-student-int4.adze")));
        assertRefused(2, run("out", "--set", "quantize.aware.epochs=1", "--set", "student.architecture.peephole=true"), "peephole");
    }

    @Test
    void everySettingOfTrainingIsTakenFromTheRecipe() {
        assertEquals(0, adze("train", folder.resolve("r.yaml").toString(), "--out", folder.resolve("out").toString(),
                "--set", "teacher.train={epochs: 2, batchSize: 8, accumulate: 2, schedule: one-cycle, l2: 1.0e-4, clipValue: 0.5,"
                        + " dropout: 0.3, finalDropout: 0.0, variationalDropout: true, loss: quantile, quantile: 0.7, augment:"
                        + " {noise: 0.1, offset: 0.1, scale: 0.1, channelDropout: 0.1, timeWarp: 0.2}}"),
                () -> errText.toString(StandardCharsets.UTF_8));
        assertRefused(2, adze("train", folder.resolve("r.yaml").toString(), "--set", "teacher.train.schedule=step"), "one-cycle");
        assertRefused(2, adze("train", folder.resolve("r.yaml").toString(), "--set", "teacher.train.classWeights=[1, 2]"),
                "classWeights");
    }

    @Test
    void verifyAcceptsABundleAndRefusesItWithOneFlippedByte() throws IOException {
        run("out");
        Path bundle = folder.resolve("out/waves-student-int8.adze");
        assertEquals(0, adze("verify", bundle.toString()));
        assertTrue(outText.toString(StandardCharsets.UTF_8).contains(": ok, golden vectors agree on"));
        byte[] bytes = Files.readAllBytes(bundle);
        bytes[bytes.length / 2] ^= 1;
        Files.write(bundle, bytes);
        assertRefused(5, adze("verify", bundle.toString()), "waves-student-int8.adze");
        assertRefused(5, adze("info", bundle.toString()), "waves-student-int8.adze");
    }

    @Test
    void aFp32BundleCanBeQuantizedAloneAndShown() throws IOException {
        run("out");
        Path int8 = folder.resolve("q.adze");
        assertEquals(0, adze("quantize", folder.resolve("out/waves-student-fp32.adze").toString(), "--out", int8.toString()));
        assertEquals(0, adze("verify", int8.toString()));
        assertEquals(0, adze("info", int8.toString()));
        String info = outText.toString(StandardCharsets.UTF_8);
        assertTrue(info.contains("2 inputs, LSTM 16, dense 2") && info.contains("quantizedFrom: waves-student-fp32"), info);
        assertRefused(2, adze("quantize", int8.toString(), "--out", folder.resolve("r.adze").toString()), "int8 already");
        for (String precision : new String[] {"fp16", "int4"}) {
            Path smaller = folder.resolve(precision + ".adze");
            assertEquals(0, adze("quantize", folder.resolve("out/waves-student-fp32.adze").toString(), "--precision", precision,
                    "--out", smaller.toString()));
            assertEquals(0, adze("verify", smaller.toString()));
        }
        Path held = folder.resolve("held.adze");
        assertEquals(0, adze("quantize", folder.resolve("out/waves-student-fp32.adze").toString(), "--hold", "3", "--out",
                held.toString()));
        assertEquals(0, adze("verify", held.toString()));
        Path pruned = folder.resolve("pruned.adze");
        assertEquals(0, adze("quantize", folder.resolve("out/waves-student-fp32.adze").toString(), "--prune", "0.5", "--recipe",
                folder.resolve("r.yaml").toString(), "--out", pruned.toString()), errText::toString);
        assertEquals(0, adze("verify", pruned.toString()));
        try (var arena = Arena.ofConfined()) {
            Bundle bundle = Bundle.read(pruned, arena);
            var blocks = new WeightBlocks(16, 16);
            boolean[] kept = blocks.kept(bundle.weights().get(0, "weight_hh").toBytes());
            assertEquals(8 * 16 * 4, blocks.weightsLeftOut(kept), "half of 16 blocks");
            var metrics = bundle.manifest().metrics();
            assertTrue(metrics.get("golden.largest-difference") > 0, metrics::toString);
            assertTrue(metrics.get("fp32.test.samples").equals(metrics.get("test.samples")), metrics::toString);
        }
        assertRefused(2, adze("quantize", folder.resolve("out/waves-student-fp32.adze").toString(), "--prune", "0.5", "--hold",
                "3", "--out", folder.resolve("r.adze").toString()), "--prune 0.5 does not fit");
        assertRefused(2, adze("quantize", folder.resolve("out/waves-student-fp32.adze").toString(), "--hold", "128", "--out",
                folder.resolve("r.adze").toString()), "--hold 128 does not fit; use 0 to 127");
        assertRefused(2, adze("quantize", folder.resolve("out/waves-student-fp32.adze").toString(), "--precision", "int3",
                "--out", folder.resolve("r.adze").toString()), "--precision int3 is unknown; use fp16, int8, int4 or mixed");
    }

    @Test
    void dataOfOtherContentThanTheRecipeNamesIsRefusedPlainOrCompressed() throws Exception {
        byte[] csv = Files.readAllBytes(folder.resolve("a.csv"));
        String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(csv));
        assertEquals(0, adze("train", folder.resolve("r.yaml").toString(), "--out", folder.resolve("out").toString(),
                "--set", "data.sha256={a.csv: " + sum + "}", "--set", "teacher.train.epochs=1"), errText::toString);
        try (var gz = new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.csv.gz")))) {
            gz.write(csv);
        }
        assertEquals(0, adze("train", folder.resolve("r.yaml").toString(), "--out", folder.resolve("out").toString(),
                "--set", "data.files=[a.csv.gz]", "--set", "data.sha256={a.csv: " + sum + "}", "--set",
                "teacher.train.epochs=1"), errText::toString);
        assertRefused(4, run("out", "--set", "data.sha256={a.csv: " + "0".repeat(64) + "}"), "a.csv", sum);
        assertRefused(2, run("out", "--set", "data.sha256={b.csv: " + sum + "}"), "b.csv");
    }

    @Test
    void badInputIsRefusedInOneLineWithItsExitCode() throws IOException {
        assertRefused(3, adze("run", "nowhere.yaml"), "nowhere.yaml");
        assertRefused(2, adze("rnu"), "rnu");
        assertRefused(2, run("out", "--set", "task.windowStep=3"), "windowSteps");
        assertRefused(4, run("out", "--set", "task.targets=[aa]"), "aa");
        assertRefused(4, run("out", "--set", "task.windowSteps=600"), "none of the 900 rows");
        assertRefused(4, run("out", "--set", "task.targets=[flat]"), "flat");
        assertRefused(3, run("out", "--set", "data.files=[b.csv]"), "b.csv");
        Files.writeString(folder.resolve("a.csv"), "time[ms],a[V],b[V],flat[]\n1,2,three,4\n2,3,4,5\n");
        assertRefused(4, run("out"), "a.csv", "three");
        Files.writeString(folder.resolve("file"), "in the way");
        assertRefused(6, run("file/out"), "file");
        assertFalse(Files.exists(folder.resolve("out/waves-teacher.adze")));
    }
}
