package dev.adze.compress.search;

import dev.adze.compress.WavesRecording;
import dev.adze.compress.pipeline.Progress;
import dev.adze.compress.pipeline.StopSignal;
import dev.adze.runtime.calibrate.LatencyTable;
import dev.adze.runtime.calibrate.LatencyTableFile;
import dev.adze.runtime.model.Precision;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests that run searches: a recording of two coupled oscillations, a recipe for it, and a device's latency table. */
abstract class SmallSearch {
    @TempDir
    Path folder;

    final ByteArrayOutputStream told = new ByteArrayOutputStream();
    final StopSignal stop = new StopSignal();

    @BeforeEach
    void writeRecordingRecipeAndTable() throws IOException {
        WavesRecording.write(folder.resolve("a.csv"), 500);
        Files.writeString(folder.resolve("r.yaml"), """
                adze-recipe: 1
                name: waves
                threads: 1
                data: {files: [a.csv]}
                task: {kind: forecast, mode: stream, target: ahead, windowSteps: 16, stride: 2, horizonSteps: 4, targets: [a, b]}
                teacher: {layers: 1, hiddenSize: 12, train: {epochs: 2, batchSize: 16, learningRate: 0.01, dropout: 0.0}}
                student: {preset: student-mini, train: {epochs: 4, batchSize: 16, learningRate: 0.01, dropout: 0.0}}
                quantize: {goldenSteps: 16}
                """);
        var entries = new ArrayList<LatencyTable.Entry>();
        for (Precision precision : List.of(Precision.FP32, Precision.FP16, Precision.INT8, Precision.INT4)) {
            for (LatencyTable.Cell cell : LatencyTable.Cell.values()) {
                for (int input : new int[] {1, 8, 64}) {
                    for (int hidden : new int[] {1, 8, 64}) {
                        double micros = 1 + (precision == Precision.INT8 ? 1e-4 : 3e-4) * hidden * (input + hidden);
                        entries.add(new LatencyTable.Entry(cell, precision, input, hidden, micros, 1.2 * micros));
                    }
                }
            }
        }
        LatencyTableFile.write(new LatencyTable("board", "scalar", 1, "2026-01-01T00:00:00Z", entries, List.of()), folder.resolve("t.json"));
    }

    SearchSpec spec(String more) throws IOException {
        Files.writeString(folder.resolve("s.yaml"), """
                adze-search: 1
                name: small
                recipe: r.yaml
                latency: {table: t.json}
                """ + more);
        return SearchReader.read(folder.resolve("s.yaml"));
    }

    Search search(SearchSpec spec, String out) {
        return new Search(spec, folder.resolve(out), "development", new Progress(new PrintStream(told, true, StandardCharsets.UTF_8), false, stop));
    }
}
