package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.WavesRecording;
import dev.adze.compress.report.ReportJson;
import dev.adze.compress.report.StageResult;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.model.WeightBlocks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The section sparsify of a recipe, run as a user does. */
class SparsifyCommandTest extends CapturedOutput {
    @TempDir
    Path folder;

    @BeforeEach
    void writeRecordingAndRecipe() throws IOException {
        WavesRecording.write(folder.resolve("a.csv"), 600);
        Files.writeString(folder.resolve("r.yaml"), """
                adze-recipe: 1
                name: waves
                threads: 1
                data: {files: [a.csv]}
                task: {kind: forecast, mode: stream, target: ahead, windowSteps: 16, stride: 2, horizonSteps: 4, targets: [a, b]}
                teacher: {layers: 1, hiddenSize: 16, train: {epochs: 2, batchSize: 16, learningRate: 0.01, dropout: 0.0}}
                student: {layers: 2, hiddenSize: 32, train: {epochs: 4, batchSize: 16, learningRate: 0.01, dropout: 0.0}}
                quantize: {goldenSteps: 16}
                sparsify: {epochs: 2, learningRate: 0.005}
                """);
    }

    private int run(String out, String... more) {
        outText.reset();
        errText.reset();
        return Main.run(Stream.concat(Stream.of("run", folder.resolve("r.yaml").toString(), "--out", folder.resolve(out).toString()),
                Stream.of(more)).toArray(String[]::new));
    }

    private List<StageResult> stages(String out) {
        return ReportJson.read(folder.resolve(out).resolve("report.json")).stages();
    }

    @Test
    void unitsGoForGoodAndBlocksGoOnTopWhileTheStudentLearnsOn() throws IOException {
        assertEquals(0, run("out", "--set", "sparsify.units=0.25", "--set", "sparsify.blocks=0.5"), errText::toString);
        List<StageResult> stages = stages("out");
        assertEquals(List.of("teacher", "student fp32", "student sparse", "student int8"), stages.stream().map(StageResult::name).toList());
        long dense = stages.get(1).macsPerStep();
        long narrow = stages.get(2).macsPerStep();
        assertEquals(4 * 32 * (2 + 32) + 4 * 32 * 64 + 64, dense);
        assertEquals(4 * 24 * (2 + 24) + 4 * 24 * 48 + 48, narrow);
        assertTrue(stages.get(3).macsPerStep() < 0.65 * narrow, "half of the blocks of all but the first matrix: " + stages.get(3));
        assertTrue(stages.get(3).metric().value() < 2 * stages.get(1).metric().value() + 0.1, stages::toString);
        Path bundle = folder.resolve("out/waves-student-int8.adze");
        assertEquals(0, Main.run("verify", bundle.toString()));
        try (var arena = Arena.ofConfined()) {
            var weights = Bundle.read(bundle, arena).weights();
            var blocks = new WeightBlocks(24, 24);
            int zero = 0;
            for (String name : List.of("weight_ih", "weight_hh")) {
                for (boolean kept : blocks.kept(weights.get(1, name).toBytes())) {
                    zero += kept ? 0 : 1;
                }
            }
            assertEquals(blocks.count(), zero, 1, "half of two matrices' blocks");
        }
        // Pruning at once what the distilled student has, without training on, costs more.
        double trained = stages.get(3).metric().value();
        assertEquals(0, run("dense"), errText::toString);
        assertEquals(0, Main.run("quantize", folder.resolve("dense/waves-student-fp32.adze").toString(), "--prune", "0.5", "--recipe",
                folder.resolve("r.yaml").toString(), "--out", folder.resolve("once.adze").toString()), errText::toString);
        try (var arena = Arena.ofConfined()) {
            double once = Bundle.read(folder.resolve("once.adze"), arena).manifest().metrics().get("test.scaled-rmse");
            assertTrue(trained < once, trained + " trained, " + once + " at once");
        }
    }

    @Test
    void tuningForInt8KeepsTheZerosAndARepeatedRunTheBytes() throws IOException {
        String[] set = {"--set", "sparsify.blocks=0.5", "--set", "quantize.aware={epochs: 1, learningRate: 0.002}"};
        assertEquals(0, run("out", set), errText::toString);
        assertTrue(stages("out").getLast().macsPerStep() < 0.7 * stages("out").get(1).macsPerStep(), () -> stages("out").toString());
        byte[] first = Files.readAllBytes(folder.resolve("out/waves-student-int8.adze"));
        assertEquals(0, run("out", set));
        assertTrue(outText.toString(StandardCharsets.UTF_8).contains("student-blocks: done before"), outText::toString);
        assertArrayEquals(first, Files.readAllBytes(folder.resolve("out/waves-student-int8.adze")));
    }

    @Test
    void matricesInLowRankHealAndRunInEveryPrecision() throws IOException {
        assertEquals(0, run("out", "--set", "sparsify.rank=0.25", "--set", "quantize.precisions=[int8, int4]"), errText::toString);
        List<StageResult> stages = stages("out");
        assertEquals(List.of("teacher", "student fp32", "student sparse", "student int8", "student int4"),
                stages.stream().map(StageResult::name).toList());
        assertEquals(4 * 32 * (2 + 8) + 8 * 32 + 4 * 32 * (8 + 8) + 8 * 32 + 2 * 8, stages.get(2).macsPerStep());
        assertTrue(stages.get(2).architecture().contains("LSTM 32 projected to 8"), stages::toString);
        for (StageResult low : stages.subList(2, 5)) {
            assertTrue(low.metric().value() < 1.5 * stages.get(1).metric().value() + 0.1, stages::toString);
        }
        assertEquals(0, Main.run("verify", folder.resolve("out/waves-student-int4.adze").toString()), errText::toString);
    }

    @Test
    void whatCannotBeTakenOutIsRefusedInOneLine() {
        for (String[] refused : new String[][] {{"student.architecture.cell=gru", "plain LSTM layers"},
            {"quantize.precisions=[int4]", "int8 alone"}, {"sparsify.blocks=1.0", "at most 0.95"}}) {
            assertEquals(2, run("no", "--set", "sparsify.blocks=0.5", "--set", refused[0]));
            String error = errText.toString(StandardCharsets.UTF_8);
            assertTrue(error.contains(refused[1]) && error.strip().lines().count() == 1, error);
        }
        assertEquals(2, run("no", "--set", "sparsify.rank=0.5", "--set", "sparsify.blocks=0.5"));
        assertTrue(errText.toString(StandardCharsets.UTF_8).contains("no block-sparse form"), errText::toString);
        assertEquals(2, run("no", "--set", "sparsify.units=0.5", "--set", "student.architecture.headSize=8"));
        assertTrue(errText.toString(StandardCharsets.UTF_8).contains("single dense layer"), errText::toString);
    }
}
