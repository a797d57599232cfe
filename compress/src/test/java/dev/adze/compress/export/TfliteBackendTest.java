package dev.adze.compress.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.backend.tflite.TfliteBackend;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.session.GoldenCheck;
import dev.adze.runtime.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runtime's tflite backend on files that the exporter wrote. */
class TfliteBackendTest {
    @TempDir
    Path folder;

    private final TfliteBackend backend = new TfliteBackend();

    private ModelSource model(long seed, TaskSpec.Mode mode) {
        var random = new Random(seed);
        Bundle bundle = RandomModels.bundle(NetworkTensors.of(RandomModels.weights(RandomModels.network(random), random)),
                mode, 9, random);
        Path file = folder.resolve("model.adze");
        bundle.write(file);
        return ModelSource.of(file, bundle);
    }

    private void export(ModelSource model, ExportForm form, ExportPrecision precision, boolean explicit) {
        Exporter.export(model.file(), new ExportRequest(ExportTarget.TFLITE, Optional.of(form), Optional.of(precision), explicit, false),
                model.beside(".tflite"), Optional.empty());
    }

    @Test
    void itGivesTheGoldenVectorsOfRandomNetworksAndItsStateGoesToAndFro() {
        for (long seed = 1; seed <= 15; seed++) {
            ModelSource model = model(seed, TaskSpec.Mode.values()[(int) (seed % 2)]);
            export(model, ExportForm.STEP, ExportPrecision.FP32, false);
            assertEquals(Optional.empty(), backend.obstacle(model));
            try (var network = backend.compile(model); var own = CompiledNetwork.compile(model.bundle().weights());
                    var there = new Session(network); var here = new Session(own); var other = new Session(network)) {
                assertTrue(GoldenCheck.worst(model.bundle(), network).difference() <= 2e-6, "seed " + seed);
                float[] features = RandomModels.features(own.network(), 20, new Random(seed));
                float[] expected = new float[own.network().outputSize()];
                float[] actual = new float[expected.length];
                for (int t = 0; t < 20; t++) {
                    float[] step = Arrays.copyOfRange(features, t * own.network().inputSize(), (t + 1) * own.network().inputSize());
                    here.infer(step, expected);
                    there.infer(step, actual);
                    assertArrayEquals(expected, actual, 2e-6f, "seed " + seed + ", step " + t);
                    assertArrayEquals(here.saveState().values(), there.saveState().values(), 2e-6f, "seed " + seed);
                    if (t % 5 == 4) {
                        there.restoreState(here.saveState());
                        other.infer(step, actual); // a second session has a state of its own
                    }
                }
            }
        }
    }

    @Test
    void aClosedNetworkRefusesFurtherSteps() {
        ModelSource model = model(2, TaskSpec.Mode.STREAM);
        export(model, ExportForm.STEP, ExportPrecision.FP32, false);
        CompiledNetwork network = backend.compile(model);
        var session = new Session(network);
        network.close();
        network.close();
        assertThrows(IllegalStateException.class, () -> session.infer(new float[network.network().inputSize()],
                new float[network.network().outputSize()]));
    }

    @Test
    void whatIsMissingIsNamedBeforeAnythingIsLoaded() throws IOException {
        ModelSource model = model(3, TaskSpec.Mode.STREAM);
        assertTrue(backend.obstacle(model).orElseThrow().contains("there is no model.tflite"));
        export(model, ExportForm.STEP, ExportPrecision.FP32, false);
        byte[] whole = Files.readAllBytes(model.beside(".tflite"));
        Files.write(model.beside(".tflite"), Arrays.copyOf(whole, whole.length / 2));
        assertTrue(backend.obstacle(model).orElseThrow().contains("is not the file that"));
        Files.write(model.beside(".tflite"), whole);
        assertTrue(backend.obstacle(model(4, TaskSpec.Mode.STREAM)).orElseThrow().contains("another bundle"));
        Files.delete(folder.resolve("model.tflite.parity.json"));
        assertTrue(backend.obstacle(model).orElseThrow().contains("missing or damaged"));
    }

    @Test
    void formsWhoseStateCannotBeHandedOverAreRefused() {
        ModelSource model = model(3, TaskSpec.Mode.STREAM);
        export(model, ExportForm.STEP, ExportPrecision.FP32, true);
        assertTrue(refusal(model).contains("state as inputs"));
        export(model, ExportForm.STEP, ExportPrecision.INT8_FULL, false);
        assertTrue(refusal(model).contains("fp32 values"));
        export(model, ExportForm.WINDOW, ExportPrecision.FP32, false);
        assertTrue(refusal(model).contains("--form step"));
    }

    private String refusal(ModelSource model) {
        return assertThrows(dev.adze.runtime.AdzeException.class, () -> {
            try (var network = backend.compile(model)) {
                new Session(network);
            }
        }).getMessage();
    }
}
