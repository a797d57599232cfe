package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.WavesRecording;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.calibrate.LatencyTable;
import dev.adze.runtime.calibrate.LatencyTableFile;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A precision for every layer, chosen under a budget, as a user has it done. */
class MixedPrecisionCommandTest extends CapturedOutput {
    private static final String OVER = "within the budget, the first is taken";

    @TempDir
    Path folder;

    private void writeRecordingAndRecipe() throws IOException {
        WavesRecording.write(folder.resolve("a.csv"), 600);
        Files.writeString(folder.resolve("r.yaml"), """
                adze-recipe: 1
                name: waves
                threads: 1
                data: {files: [a.csv]}
                task: {kind: forecast, mode: stream, target: ahead, windowSteps: 16, stride: 2, horizonSteps: 4, targets: [a, b]}
                teacher: {layers: 1, hiddenSize: 12, train: {epochs: 2, batchSize: 16, learningRate: 0.01, dropout: 0.0}}
                student: {layers: 3, hiddenSize: 32, train: {epochs: 3, batchSize: 16, learningRate: 0.01, dropout: 0.0}}
                quantize: {goldenSteps: 16, precisions: [int4]}
                """);
    }

    private int adze(String... args) {
        outText.reset();
        errText.reset();
        return Main.run(args);
    }

    private int run(String... more) {
        return adze(Stream.concat(Stream.of("run", path("r.yaml"), "--out", path("out")), Stream.of(more)).toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private void assertRefused(int code, int actual, String words) {
        String error = errText.toString(StandardCharsets.UTF_8);
        assertEquals(code, actual, error);
        assertEquals(1, error.strip().lines().count(), error);
        assertTrue(error.contains(words), error);
    }

    private record Stored(long bytes, List<Precision> layers) {}

    private Stored stored(String file) {
        try (var arena = Arena.ofConfined()) {
            Bundle bundle = Bundle.read(folder.resolve(file), arena);
            return new Stored(bundle.weights().byteSize(), bundle.manifest().precisions().layers());
        }
    }

    /** Validation errors of the mixtures judged, the chosen one first. */
    private List<Double> judged(String text) {
        return text.lines().dropWhile(line -> !line.contains(OVER)).dropWhile(line -> !line.matches(".*\\d\\.\\d{5}.*"))
                .takeWhile(line -> line.matches(".*\\d\\.\\d{5}.*"))
                .map(line -> Double.valueOf(line.replaceAll(".*?(\\d+\\.\\d{5}).*", "$1"))).toList();
    }

    private double uniform(String text, String precision) {
        return text.lines().dropWhile(line -> !line.contains(OVER)).filter(line -> line.startsWith(precision))
                .map(line -> Double.valueOf(line.replaceAll(".*?(\\d+\\.\\d{5}).*", "$1"))).findFirst().orElseThrow(() -> new AssertionError(text));
    }

    @Test
    void aMixtureHoldsTheBudgetAndLosesNoMoreThanInt4() throws IOException {
        writeRecordingAndRecipe();
        assertEquals(0, run(), errText::toString);
        long int4 = stored("out/waves-student-int4.adze").bytes();
        long int8 = 4 * 32 * (2 + 5 * 32) + 4 * 4 * 32 * (3 * 2 + 3) + 4 * (2 * 32 + 2);
        long budget = (int4 + int8) / 2;
        assertEquals(0, run("--set", "quantize.precisions=[int4, mixed]", "--set", "quantize.mixed.bytes=" + budget), errText::toString);
        String text = outText.toString(StandardCharsets.UTF_8);
        Stored mixed = stored("out/waves-student-mixed.adze");
        assertTrue(mixed.bytes() <= budget, mixed + ", budget " + budget);
        assertTrue(mixed.layers().stream().distinct().count() > 1, "a budget between int8 and int4 asks for a mixture: " + mixed + text);
        List<Double> errors = judged(text);
        assertEquals(errors.stream().sorted().toList(), errors, text);
        assertTrue(errors.getFirst() <= uniform(text, "int4"), text);
        assertTrue(text.contains("layer 2 int8") && text.contains("layer 0 fp16"), text);
        assertEquals(0, adze("verify", path("out/waves-student-mixed.adze")), errText::toString);
        assertEquals(0, adze("info", path("out/waves-student-mixed.adze"), "--graph"), errText::toString);
        assertTrue(outText.toString(StandardCharsets.UTF_8).contains("waves-student-mixed, mixed: "), outText::toString);

        assertEquals(0, adze("quantize", path("out/waves-student-fp32.adze"), "--precision", "mixed", "--budget-bytes", "" + budget,
                "--recipe", path("r.yaml"), "--out", path("q.adze")), errText::toString);
        assertEquals(mixed, stored("q.adze"));
        assertEquals(0, adze("verify", path("q.adze")), errText::toString);
        refusals();
        latencyBudget();
        thresholds();
    }

    /** On the bundle that the run above made. */
    private void thresholds() {
        double before = 0;
        for (String loss : new String[] {"0.001", "0.2"}) {
            assertEquals(0, adze("quantize", path("out/waves-student-fp32.adze"), "--hold-loss", loss, "--recipe", path("r.yaml"), "--out",
                    path("h.adze")), errText::toString);
            String text = outText.toString(StandardCharsets.UTF_8);
            List<String> rows = text.lines().filter(line -> line.matches("\\d+, \\d+, \\d+ .*")).toList();
            assertTrue(rows.getFirst().startsWith("1, 1, 1 "), text);
            assertTrue(rows.stream().allMatch(row -> change(row) <= 100 * Double.parseDouble(loss) + 1e-3), text);
            double still = Double.parseDouble(rows.getLast().replaceAll(".* ([0-9.]+) %$", "$1"));
            assertTrue(still > before, text);
            before = still;
            try (var arena = Arena.ofConfined()) {
                String holds = String.join(", ", Bundle.read(folder.resolve("h.adze"), arena).manifest().network().layers().stream()
                        .filter(Lstm.class::isInstance).map(layer -> String.valueOf(((Lstm) layer).hold())).toList());
                assertTrue(rows.getLast().startsWith(holds + " "), holds + "\n" + text);
            }
            assertEquals(0, adze("verify", path("h.adze")), errText::toString);
        }
        assertTrue(before > 20, "with a fifth more error " + before + " % stand still");
        String fp32 = path("out/waves-student-fp32.adze");
        assertRefused(2, adze("quantize", fp32, "--hold-loss", "0.1", "--out", path("x.adze")), "--recipe");
        assertRefused(2, adze("quantize", fp32, "--hold-loss", "0.1", "--hold", "2", "--recipe", path("r.yaml"), "--out", path("x.adze")), "without --hold");
    }

    private static double change(String row) {
        return Double.parseDouble(row.replaceAll(".* ([+-][0-9.]+) %.*", "$1"));
    }

    private void refusals() {
        String fp32 = path("out/waves-student-fp32.adze");
        assertRefused(2, run("--set", "quantize.precisions=[mixed]"), "set quantize.mixed.bytes");
        assertRefused(2, run("--set", "quantize.mixed.latencyMicros=3"), "needs quantize.mixed.table");
        assertRefused(2, run("--set", "quantize.precisions=[mixed]", "--set", "quantize.mixed.bytes=1000"), "the smallest takes ");
        assertRefused(2, adze("quantize", fp32, "--precision", "mixed", "--recipe", path("r.yaml"), "--out", path("x.adze")), "needs a budget");
        assertRefused(2, adze("quantize", fp32, "--precision", "mixed", "--budget-bytes", "9999", "--out", path("x.adze")), "--recipe");
        assertRefused(2, adze("quantize", fp32, "--budget-bytes", "9999", "--out", path("x.adze")), "for --precision mixed");
        assertRefused(2, adze("quantize", fp32, "--precision", "mixed", "--budget-bytes", "9999999", "--recipe", path("r.yaml"), "--set",
                "preprocess.scaling=min-max", "--out", path("x.adze")), "scales its data otherwise");
        assertFalse(Files.exists(folder.resolve("x.adze")));
    }

    /** A table in which int4 is fast, int8 slower and floats slower still, in proportion to the weights. */
    private void latencyBudget() {
        var entries = new ArrayList<LatencyTable.Entry>();
        for (int i = 0; i < 4; i++) {
            Precision precision = List.of(Precision.INT4, Precision.INT8, Precision.FP16, Precision.FP32).get(i);
            for (int input : new int[] {1, 2, 32}) {
                for (int hidden : new int[] {1, 32}) {
                    double micros = 0.001 * (1 << i) * hidden * (input + hidden);
                    entries.add(new LatencyTable.Entry(LatencyTable.Cell.LSTM, precision, input, hidden, micros, micros));
                }
            }
        }
        LatencyTableFile.write(new LatencyTable("board", "scalar", 1, "2026-01-01T00:00:00Z", entries, List.of()), folder.resolve("t.json"));
        // int8 everywhere takes 0.002 * 32 * (34 + 64 + 64) = 10.4 us, int4 half of it.
        assertEquals(0, adze("quantize", path("out/waves-student-fp32.adze"), "--precision", "mixed", "--budget-micros", "8", "--table",
                path("t.json"), "--recipe", path("r.yaml"), "--out", path("l.adze")), errText::toString);
        Stored stored = stored("l.adze");
        assertTrue(stored.layers().contains(Precision.INT4) && stored.layers().subList(0, 3).stream().distinct().count() > 1, stored + outText.toString());
    }
}
