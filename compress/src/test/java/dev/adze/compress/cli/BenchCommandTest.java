package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.report.BenchReport;
import dev.adze.compress.report.ReportJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest extends CapturedOutput {
    @TempDir
    Path folder;

    private void assertRefused(int code, String word, String... args) {
        errText.reset();
        assertEquals(code, Main.run(args), () -> errText.toString(StandardCharsets.UTF_8));
        String error = errText.toString(StandardCharsets.UTF_8);
        assertTrue(error.startsWith("adze: error: ") && error.contains(word), error);
        assertEquals(1, error.strip().lines().count(), error);
    }

    @Test
    void aShortRunMeasuresEveryEngineAgainstTheLimitAndWritesItsFiles() throws IOException {
        Path results = folder.resolve("results");
        assertEquals(0, Main.run("bench", "student-mini", "--seconds", "0.3", "--threads", "1", "--inputs", "5", "--outputs",
                "2", "--steps", "10", "--engines", "vector,onnxruntime,tflite,libtorch", "--against", "teacher-mini", "--out", results.toString(),
                "--page", folder.resolve("page.md").toString()),
                () -> errText.toString(StandardCharsets.UTF_8));
        BenchReport report = ReportJson.readBench(results.resolve("bench.json"));
        assertEquals(Set.of("10-step window", "10-step window of teacher-mini", "streaming step of teacher-mini",
                "streaming step"), report.rows().stream().map(BenchReport.Row::mode).collect(Collectors.toSet()));
        for (BenchReport.Row row : report.rows()) {
            assertTrue(row.p50Micros() > 0 && row.p50Low() <= row.p50Micros() && row.p50Micros() <= row.p50High(), row.toString());
            assertTrue(row.samples() >= 20, row.toString());
            assertTrue(row.maxError() < (row.precision().equals("fp32") ? 1e-5 : 0.1), row.toString());
            boolean ownStep = row.mode().equals("streaming step");
            assertEquals(ownStep, row.limitMicros() != null, row.toString());
            assertTrue(!ownStep || row.limitMicros() < row.p50Micros(), "nothing beats reading alone: " + row);
        }
        assertTrue(report.comparisons().stream().anyMatch(c -> c.what().startsWith("headline") && c.ratio() > 0));
        String text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("LibTorch") && text.contains("ONNX Runtime: 1.") && text.contains("TensorFlow Lite: 2.")
                 && text.contains("p50 / limit") && text.contains("processor: "), text);
        assertTrue(Files.readString(folder.resolve("page.md")).contains("adze bench student-mini --seconds 0.3"));
        assertTrue(Files.exists(results.resolve("bench.svg")) && Files.exists(results.resolve("bench.html")));
    }

    @Test
    void whatCannotBeMeasuredIsRefusedBeforeAnythingRuns() {
        assertRefused(2, "tensorrt", "bench", "--engines", "tensorrt");
        assertRefused(2, "no-such-preset", "bench", "no-such-preset");
        assertRefused(3, "nowhere.adze", "bench", folder.resolve("nowhere.adze").toString());
        assertRefused(2, "--seconds", "bench", "--seconds", "0");
        assertRefused(2, "--threads", "bench", "--threads", "0");
        assertRefused(2, "--steps", "bench", "--steps", "0");
        assertFalse(Files.exists(folder.resolve("bench.json")));
    }
}
