package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.model.StaticFeatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Convolutions, self-attention, Transformer layers and static inputs in recipes, run as a user does. */
class ArchitectureCommandTest extends CapturedOutput {
    @TempDir
    Path folder;

    /** Eight machines of different size, whose load is size times a swing that is measured in the middle of a wave. */
    @BeforeEach
    void writeRecordingAndRecipe() throws IOException {
        var random = new Random(5);
        var csv = new StringBuilder("time[ms],unit_id,swing,size,load\n");
        for (int unit = 0; unit < 8; unit++) {
            double size = 1 + 0.5 * unit;
            for (int t = 0; t < 90; t++) {
                double swing = Math.sin(0.3 * t + unit) + 0.02 * random.nextGaussian();
                csv.append(String.format(Locale.ROOT, "%d,m%d,%.4f,%.2f,%.4f\n", 1_700_000_000_000L + 500L * (200L * unit + t), unit,
                        swing, size, size * Math.sin(0.3 * (t - 3) + unit)));
            }
        }
        Files.writeString(folder.resolve("a.csv"), csv);
        Files.writeString(folder.resolve("r.yaml"), """
                adze-recipe: 1
                name: machines
                threads: 1
                data: {files: [a.csv]}
                split: {by: unit}
                task: {kind: regression, target: column, windowSteps: 12, stride: 2, targets: [load], staticInputs: [size]}
                teacher:
                  layers: 1
                  hiddenSize: 16
                  architecture: {convolution: {layers: 2, size: 12, kernel: 3}, transformer: {layers: 1, heads: 2}, pooling: attention,
                                 headSize: 16, activation: gelu}
                  train: {epochs: 6, batchSize: 16, learningRate: 0.01, dropout: 0.0, weightAverage: 0.9}
                student:
                  layers: 1
                  hiddenSize: 12
                  architecture: {attentionHeads: 3, headSize: 12, activation: gelu}
                  train: {epochs: 6, batchSize: 16, learningRate: 0.01, dropout: 0.0, weightAverage: 0.9}
                """);
    }

    private int run(String out, String... more) {
        outText.reset();
        errText.reset();
        return Main.run(Stream.concat(Stream.of("run", folder.resolve("r.yaml").toString(), "--out", folder.resolve(out).toString()),
                Stream.of(more)).toArray(String[]::new));
    }

    private double error(String text, String stage) {
        return text.lines().filter(l -> l.startsWith(stage)).map(l -> l.replaceAll(".*RMSE ([0-9.]+).*", "$1"))
                .mapToDouble(Double::parseDouble).findFirst().orElseThrow(() -> new AssertionError(text));
    }

    @Test
    void aTransformerTeacherWithConvolutionsTeachesAStudentWithSelfAttention() {
        assertEquals(0, run("out"), () -> errText.toString(StandardCharsets.UTF_8));
        String text = outText.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("convolution 12 over 3, convolution 12 over 3 every 2, LSTM 16, Transformer 2 x 8 + 64, attention pooling 32,"
                + " 1 static, dense 16, dense 1"), text);
        assertTrue(text.contains("LSTM 12, self-attention 3, 1 static, dense 12, dense 1"), text);
        double fp32 = error(text, "student fp32"); // telling 0 would be wrong by 0.7 times the size, 1.8 on average
        assertTrue(fp32 < 0.7, text);
        assertTrue(error(text, "student int8") < 1.1 * fp32 + 0.02, text);
        for (String precision : List.of("fp32", "int8")) {
            Path bundle = folder.resolve("out/machines-student-" + precision + ".adze");
            assertEquals(0, Main.run("verify", bundle.toString()));
            try (var arena = java.lang.foreign.Arena.ofConfined()) {
                var manifest = Bundle.read(bundle, arena).manifest();
                assertEquals(List.of("swing", "size"), manifest.preprocess().channels().stream().map(c -> c.name()).toList());
                assertEquals(List.of(new StaticFeatures(12, List.of(1))),
                        manifest.network().layers().stream().filter(StaticFeatures.class::isInstance).toList());
            }
        }
        outText.reset();
        errText.reset();
        assertEquals(2, Main.run("export", folder.resolve("out/machines-student-fp32.adze").toString(), "--to", "tflite", "--out",
                folder.resolve("x.tflite").toString()));
        assertTrue(errText.toString(StandardCharsets.UTF_8).contains("self-attention layer, which the export to"), errText::toString);
    }

    @Test
    void whatCannotBeIsRefusedWithTheReason() {
        for (String[] wrong : new String[][] {
            {"task.mode=stream", "teacher.architecture: pooling is over a window", "teacher.architecture.transformer.layers=0"},
            {"task.mode=stream", "self-attention looks at all steps of a window", "teacher.architecture.pooling=last"},
            {"student.architecture.attentionHeads=5", "5 heads do not divide the 12 values"},
            {"teacher.architecture.transformer.heads=3", "3 heads do not divide the 16 values"},
            {"task.staticInputs=[weight]", "weight"}, {"task.staticInputs=[load]", "load is no input; the inputs are swing, size"}}) {
            String[] keys = Stream.concat(Stream.of(wrong[0]), Stream.of(wrong).skip(2)).flatMap(k -> Stream.of("--set", k))
                    .toArray(String[]::new);
            assertEquals(2, run("never", keys), wrong[0]);
            String error = errText.toString(StandardCharsets.UTF_8);
            assertEquals(1, error.strip().lines().count(), error);
            assertTrue(error.contains(wrong[1]), error);
        }
    }
}
