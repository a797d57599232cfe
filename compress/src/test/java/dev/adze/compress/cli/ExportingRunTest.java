package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.WavesRecording;
import dev.adze.compress.report.ReportJson;
import dev.adze.compress.report.RunReport;
import dev.adze.compress.report.StageResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code export.to} of a recipe: files for other engines at the end of a run, and their rows in its report. */
class ExportingRunTest extends CapturedOutput {
    @TempDir
    Path folder;

    @BeforeEach
    void writeRecordingAndRecipe() throws IOException {
        WavesRecording.write(folder.resolve("a.csv"), 400);
        Files.writeString(folder.resolve("r.yaml"), """
                adze-recipe: 1
                name: waves
                threads: 1
                data: {files: [a.csv]}
                task: {kind: forecast, mode: stream, target: ahead, windowSteps: 16, horizonSteps: 4, targets: [a]}
                teacher: {layers: 1, hiddenSize: 12, train: {epochs: 1, batchSize: 16, learningRate: 0.01}}
                student: {layers: 1, hiddenSize: 8, train: {epochs: 1, batchSize: 16, learningRate: 0.01}}
                quantize: {precisions: [], goldenSteps: 24}
                export: {to: [onnx, tflite]}
                """);
    }

    private int run(String... more) {
        outText.reset();
        errText.reset();
        return Main.run(Stream.concat(Stream.of("run", folder.resolve("r.yaml").toString(), "--out", folder.resolve("out").toString()),
                Stream.of(more)).toArray(String[]::new));
    }

    private String error(int expected, int code) {
        String error = errText.toString(StandardCharsets.UTF_8);
        assertEquals(expected, code, error);
        assertEquals(1, error.strip().lines().count(), error);
        return error;
    }

    private RunReport report() {
        return ReportJson.read(folder.resolve("out/report.json"));
    }

    private List<String> exported() {
        return report().exports().stream().map(StageResult::name).toList();
    }

    @Test
    void exportsAreRowsOfTheReportAndAreNotMadeAgain() throws IOException {
        assertEquals(0, run(), errText::toString);
        assertEquals(List.of("student fp32, onnx", "student fp32, tflite"), exported());
        StageResult student = report().stages().getLast();
        assertEquals("student fp32", student.name());
        for (StageResult row : report().exports()) {
            Path file = folder.resolve("out/waves-student-fp32." + row.name().split(", ")[1]);
            assertEquals(Files.size(file), row.fileBytes());
            assertEquals(student.parameters(), row.parameters());
            assertEquals(student.macsPerStep(), row.macsPerStep());
            // Another engine in single precision: the same error and interval but for rounding.
            assertEquals(student.metric().heading(), row.metric().heading());
            assertEquals(student.metric().value(), row.metric().value(), 1e-4);
            assertEquals(student.metric().ciLow(), row.metric().ciLow(), 1e-4);
            assertEquals(student.metric().ciHigh(), row.metric().ciHigh(), 1e-4);
            assertNull(row.latency());
            assertTrue(Files.readString(folder.resolve("out/report.html")).contains("<li>" + row.name() + ": "));
            assertEquals("not measured in this engine", row.latencyMissing());
            assertTrue(outText.toString(StandardCharsets.UTF_8).contains(row.name() + " "), outText::toString);
            assertTrue(Files.exists(Path.of(file + ".parity.json")));
        }
        RunReport first = report();
        byte[] onnx = Files.readAllBytes(folder.resolve("out/waves-student-fp32.onnx"));
        Files.delete(folder.resolve("out/waves-student-fp32.tflite"));
        assertEquals(0, run(), errText::toString);
        String text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("export waves-student-fp32.onnx: done before"), text);
        assertTrue(text.contains("export waves-student-fp32.tflite: TensorFlow Lite"), "what was removed is made again: " + text);
        assertEquals(first.exports(), report().exports());
        assertArrayEquals(onnx, Files.readAllBytes(folder.resolve("out/waves-student-fp32.onnx")));
    }

    @Test
    void anExportThatFailsLeavesTheReportOfAllBeforeIt() throws IOException {
        // TensorFlow Lite has no fused GRU operator.
        Path old = Files.createDirectories(folder.resolve("out")).resolve("waves-student-fp32.tflite");
        Files.writeString(old, "of an earlier bundle");
        String error = error(2, run("--set", "student.architecture.cell=gru"));
        assertTrue(error.startsWith("adze: error: export.to tflite: ") && error.contains("gru"), error);
        assertEquals(List.of("student fp32, onnx"), exported());
        assertEquals(List.of("teacher", "student fp32"), report().stages().stream().map(StageResult::name).toList());
        assertTrue(Files.readString(folder.resolve("out/report.html")).contains("student fp32, onnx"));
        assertFalse(Files.exists(old), "a file that is not the bundle's stays beside it");
    }

    @Test
    void whatCannotBeExportedIsRefusedBeforeAnythingIsTrained() {
        assertTrue(error(2, run("--set", "export.to=[onxn]")).contains("onnx"));
        assertTrue(error(2, run("--set", "export.form=step")).contains("precision"));
        assertTrue(error(2, run("--set", "task.relativeTo=last")).contains("task.relativeTo"));
        assertFalse(Files.exists(folder.resolve("out")));
    }
}
