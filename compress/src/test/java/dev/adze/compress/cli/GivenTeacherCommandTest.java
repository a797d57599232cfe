package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.report.ReportJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes whose teacher was trained before: its bundle, and what {@code adze export} makes of it. */
class GivenTeacherCommandTest extends CapturedOutput {
    private static final String TEACHER = "{layers: 1, hiddenSize: 10, train: {epochs: 3, batchSize: 16, learningRate: 0.02, dropout: 0.0}}";

    @TempDir
    Path folder;

    @BeforeEach
    void writeRecording() throws IOException {
        var csv = new StringBuilder("time[ms],a[V],b[V]\n");
        for (int t = 0; t < 500; t++) {
            csv.append(String.format(Locale.ROOT, "%d,%.4f,%.4f%n", 1_700_000_000_000L + 500L * t, Math.sin(0.3 * t),
                    3 + Math.cos(0.3 * t + 0.5)));
        }
        Files.writeString(folder.resolve("a.csv"), csv);
    }

    private int run(String name, String teacher, String scaling, String distill) throws IOException {
        Files.writeString(folder.resolve("r.yaml"), """
                adze-recipe: 1
                name: waves
                threads: 1
                data: {files: [a.csv]}
                task: {kind: forecast, target: ahead, windowSteps: 12, horizonSteps: 4, targets: [a, b]}
                preprocess: {scaling: %s}
                teacher: %s
                student: {layers: 1, hiddenSize: 6, train: {epochs: 1, batchSize: 32, dropout: 0.0, lossFromStep: 11}}
                distill: %s
                quantize: {precisions: []}
                """.formatted(scaling, teacher, distill));
        return adze("run", folder.resolve("r.yaml").toString(), "--out", folder.resolve(name).toString());
    }

    private int adze(String... args) {
        outText.reset();
        errText.reset();
        return Main.run(args);
    }

    private String text() {
        return outText.toString(StandardCharsets.UTF_8);
    }

    private String error() {
        return errText.toString(StandardCharsets.UTF_8);
    }

    private double rmse(String name) {
        var stage = ReportJson.read(folder.resolve(name + "/report.json")).stages().getFirst();
        assertEquals("teacher", stage.name());
        assertTrue(stage.latency().p50Micros() > 0 && stage.fileBytes() > 0 && stage.parameters() > 0, stage.toString());
        return stage.metric().value();
    }

    /** The outputs of every training window that a student was taught with. */
    private float[] teachings(String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(name))) {
            Path file = files.filter(f -> f.endsWith("outputs.bin")).findFirst().orElseThrow();
            var floats = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            float[] values = new float[floats.remaining()];
            floats.get(values);
            return values;
        }
    }

    @Test
    void aTeacherTeachesTheSameWhateverItsFileAndTheRecipesScaling() throws IOException {
        assertEquals(0, run("first", TEACHER, "standard", "{alpha: 1.0, hintWeight: 0.0}"), this::error);
        String bundle = folder.resolve("first/waves-teacher.adze").toString();
        for (String target : new String[] {"onnx", "safetensors"}) {
            assertEquals(0, adze("export", bundle, "--to", target, "--out", folder.resolve("t." + target).toString()), this::error);
        }
        double rmse = 0;
        float[] first = null;
        for (String file : new String[] {"first/waves-teacher.adze", "t.onnx", "t.safetensors"}) {
            String name = "from-" + file.replace('/', '-');
            // Another scaling: the teacher's own travels with its file.
            assertEquals(0, run(name, "{from: " + file + "}", "min-max", "{alpha: 1.0, hintWeight: 0.0}"), this::error);
            // Figures over several outputs are in units of the recipe's scale, so they are compared among themselves.
            float[] taught = teachings(name);
            if (first == null) {
                first = taught;
                rmse = rmse(name);
            }
            assertEquals(rmse, rmse(name), 1e-4 * rmse, file);
            assertEquals(first.length, taught.length);
            for (int i = 0; i < taught.length; i++) {
                assertEquals(first[i], taught[i], 1e-4, file + " at " + i);
            }
        }
        // Nothing is computed twice.
        assertEquals(0, run("from-t.safetensors", "{from: t.safetensors}", "min-max", "{alpha: 1.0, hintWeight: 0.0}"), this::error);
        assertTrue(text().contains("student: done before"), text());
    }

    @Test
    void whatAClosedTeacherCannotGiveIsRefusedBeforeAnyWork() throws IOException {
        for (String hint : new String[] {"hintWeight: 0.1", "cellHintWeight: 0.1", "attentionWeight: 0.1", "init: teacher"}) {
            assertEquals(2, run("never", "{from: t.onnx}", "standard", "{" + hint + "}"));
            assertTrue(error().contains("distill." + hint.split(":")[0]) && error().contains("only gives its outputs"), error());
        }
        assertEquals(2, run("never", "{from: t.onnx, layers: 2}", "standard", "{}"));
        assertTrue(error().contains("leave out teacher.preset"), error());
        assertEquals(2, run("never", "{from: t.bin}", "standard", "{}"));
        assertTrue(error().contains("unknown ending"), error());
        assertEquals(3, run("never", "{from: none.onnx}", "standard", "{}"), this::error);
        assertTrue(error().contains("none.onnx"), error());
    }
}
