package dev.adze.runtime.backend.tensorrt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.backend.Backend;
import dev.adze.runtime.backend.Backends;
import dev.adze.runtime.backend.FastestModel;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.SmallBundles;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.latency.Percentile;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.session.ModelSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The backend on a GPU that is host memory, with a TensorRT that computes its graphs by their description: engines, their
 * cache, the choice, and what happens when something breaks. What TensorRT itself does, gpu-check.sh tells.
 */
class TensorRtBackendTest {
    @TempDir
    Path folder;

    private HostGpu gpu;
    private InterpretedTensorRt library;
    private long clock;

    @BeforeEach
    void fresh() throws IOException {
        gpu = new HostGpu();
        library = new InterpretedTensorRt(gpu);
        Files.createDirectories(folder.resolve("packs/10.6"));
        Files.write(folder.resolve("packs/10.6/bindings.jar"), new byte[1]);
    }

    /** @param nanos that a call seems to take */
    private TensorRtBackend backend(long nanos) {
        return new TensorRtBackend(() -> new TensorRtMachine(null, gpu, new TensorRtVersion(10, 3, 0), TensorRtPack.V10_6),
                List.of(folder.resolve("packs")), () -> library, new EngineCache(folder.resolve("cache")),
                () -> clock += nanos);
    }

    private ModelSource source(Bundle bundle) {
        Path file = folder.resolve("model.adze");
        bundle.write(file);
        return ModelSource.of(file, bundle);
    }

    private void nothingIsLeft() {
        assertEquals(0, library.live, "engines and contexts were given back");
        assertEquals(0, gpu.live(), "memory, streams and graphs were given back");
    }

    @Test
    void stepsWindowsAndStatesAreThoseOfTheScalarKernel() {
        for (boolean captures : new boolean[] {true, false}) {
            gpu.captures = captures;
            ModelSource model = source(SmallBundles.make(Precision.FP32, TaskSpec.Mode.WINDOW, 5));
            var network = model.bundle().manifest().network();
            int windowSteps = model.bundle().manifest().task().windowSteps();
            long before = gpu.graphLaunches;
            try (var scalar = CompiledNetwork.compile(model.bundle().weights(), KernelChoice.scalar());
                    var actual = backend(1).compile(model)) {
                StepRunner e = scalar.newRunner();
                StepRunner a = actual.newRunner();
                var random = new Random(3);
                float[] ring = new float[7 * network.inputSize()];
                for (int i = 0; i < ring.length; i++) {
                    ring[i] = (float) random.nextGaussian();
                }
                float[] expected = new float[network.outputSize()];
                float[] got = new float[network.outputSize()];
                float[] state = new float[network.stateSize()];
                float[] gotState = new float[network.stateSize()];
                for (int steps : new int[] {1, windowSteps, 6, windowSteps}) {
                    e.window(ring, network.inputSize(), 7, 4, steps, expected);
                    a.window(ring, network.inputSize(), 7, 4, steps, got);
                    assertArrayEquals(expected, got, 2e-6f, "window of " + steps);
                    e.step(ring, 0, expected);
                    a.step(ring, 0, got);
                    assertArrayEquals(expected, got, 2e-6f, "step after a window of " + steps);
                    e.copyStateTo(state);
                    a.copyStateTo(gotState);
                    assertArrayEquals(state, gotState, 2e-6f, "state");
                }
                StepRunner second = actual.newRunner();
                second.copyStateFrom(state);
                e.step(ring, 3, expected);
                second.step(ring, 3, got);
                assertArrayEquals(expected, got, 2e-6f, "after a state was handed over");
                e.reset();
                a.reset();
                e.step(ring, 3, expected);
                a.step(ring, 3, got);
                assertArrayEquals(expected, got, 2e-6f, "after a reset");
            }
            assertEquals(captures, gpu.graphLaunches > before);
            nothingIsLeft();
        }
    }

    @Test
    void everyFormIsBuiltOnceAndTheFastestThatAgreesServes() {
        ModelSource model = source(SmallBundles.make(Precision.FP32, TaskSpec.Mode.WINDOW, 5));
        int steps = model.bundle().manifest().task().windowSteps();
        library.spoils = "loop";
        library.refuses = "unrolled-" + steps + "-fp16";
        try (var network = backend(1000).compile(model)) {
            String found = network.kernel().reason();
            assertTrue(found.contains("fp32 cell 1.0 us") && found.contains("fp32 unrolled 1.0 us"), found);
            assertTrue(found.contains("fp32 loop misses golden vector"), found);
            assertTrue(found.contains("fp16 unrolled: TensorRT does not build"), found);
            // Half precision is too far from these golden vectors, which allow 1e-5.
            assertTrue(found.contains("fp16 cell misses golden vector"), found);
        }
        List<String> first = List.copyOf(library.built);
        assertEquals(List.of("cell-1-fp16", "loop-" + steps + "-fp16", "cell-1-fp32", "unrolled-" + steps + "-fp32",
                "loop-" + steps + "-fp32"), first);
        assertEquals(List.of(0, 1, 2, 3, 4), library.timingCacheBytes, "each build goes on with the timings of those before");
        try (var network = backend(1000).compile(model)) {
            assertTrue(network.kernel().reason().contains("fp32 cell 1.0 us"), "the table is remembered");
        }
        assertEquals(first, library.built, "the second start builds nothing");
        nothingIsLeft();
    }

    @Test
    void aStreamHasCellsAloneAndIntegersWhereTheBundleHasThem() {
        ModelSource model = source(SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, 5));
        gpu.capability = 90;
        backend(1).compile(model).close();
        assertEquals(List.of("cell-1-int8", "cell-1-fp16", "cell-1-fp8", "cell-1-fp32"), library.built);
        nothingIsLeft();
    }

    @Test
    void enginesOfAnotherDriverOrDamagedOrRefusedAreBuiltAnew() throws IOException {
        ModelSource model = source(SmallBundles.make(Precision.FP32, TaskSpec.Mode.STREAM, 5));
        backend(1).compile(model).close();
        int once = library.built.size();
        gpu.driver = "12.8";
        backend(1).compile(model).close();
        assertEquals(2 * once, library.built.size(), "another driver");
        try (var files = Files.list(folder.resolve("cache"))) {
            List<Path> engines = files.filter(f -> f.toString().endsWith(".engine")).toList();
            assertEquals(once, engines.size(), "engines of the other driver were replaced");
            for (Path engine : engines) {
                byte[] bytes = Files.readAllBytes(engine);
                bytes[bytes.length - 1] ^= 1;
                Files.write(engine, bytes);
            }
        }
        backend(1).compile(model).close();
        assertEquals(2 * once + 1, library.built.size(), "a damaged one, of the candidate that was chosen");
        library.refusesPlans = true;
        backend(1).compile(model).close();
        assertEquals(2 * once + 2, library.built.size(), "one that TensorRT refuses");
        nothingIsLeft();
    }

    @Test
    void keysDifferInWhateverAnEngineDependsOn() {
        var version = new TensorRtVersion(10, 3, 0);
        var key = new EngineKey(version, "Orin", 87, "12.6", "ab", EngineForm.CELL, 1, EnginePrecision.FP16);
        var others = List.of(
                new EngineKey(new TensorRtVersion(10, 3, 1), "Orin", 87, "12.6", "ab", EngineForm.CELL, 1, EnginePrecision.FP16),
                new EngineKey(version, "Orin Nano", 87, "12.6", "ab", EngineForm.CELL, 1, EnginePrecision.FP16),
                new EngineKey(version, "Orin", 90, "12.6", "ab", EngineForm.CELL, 1, EnginePrecision.FP16),
                new EngineKey(version, "Orin", 87, "12.8", "ab", EngineForm.CELL, 1, EnginePrecision.FP16),
                new EngineKey(version, "Orin", 87, "12.6", "ac", EngineForm.CELL, 1, EnginePrecision.FP16),
                new EngineKey(version, "Orin", 87, "12.6", "ab", EngineForm.LOOP, 1, EnginePrecision.FP16),
                new EngineKey(version, "Orin", 87, "12.6", "ab", EngineForm.CELL, 2, EnginePrecision.FP16),
                new EngineKey(version, "Orin", 87, "12.6", "ab", EngineForm.CELL, 1, EnginePrecision.FP32));
        others.forEach(other -> assertFalse(other.text().equals(key.text()), other.toString()));
        assertEquals("TensorRT 10.3.0, Orin sm_87, driver 12.6, cell-1-fp16, model ab, graph 1", key.text());
    }

    private FastestModel open(ModelSource model, List<String> notes, Backend... backends) {
        var all = new ArrayList<>(List.of(backends));
        Backends.all().stream().filter(b -> b.name().equals("scalar")).forEach(all::add);
        // By this clock every call takes the same time, so the first that agrees is chosen.
        return FastestModel.open(model.file(), new FastestModel.Choice(Percentile.P50, Optional.empty(), all, notes::add,
                () -> clock += 50_000_000));
    }

    private static List<float[]> decide(FastestModel opened) {
        var outputs = new ArrayList<float[]>();
        try (ModelSession session = opened.model().newModelSession()) {
            var random = new Random(2);
            for (int t = 0; t < 12; t++) {
                session.preprocess(new float[] {40 + 10 * (float) random.nextGaussian(), 45});
                float[] output = new float[2];
                session.inferScaled(output);
                outputs.add(output);
            }
        }
        return outputs;
    }

    @Test
    void aGpuLostInFlightIsReplacedAndNoDecisionIsLost() {
        ModelSource model = source(SmallBundles.make(Precision.FP32, TaskSpec.Mode.STREAM, 5));
        var notes = new ArrayList<String>();
        List<float[]> expected;
        try (var scalar = open(model, notes)) {
            expected = decide(scalar);
        }
        try (var opened = open(model, notes, backend(1))) {
            assertEquals("tensorrt", opened.model().network().kernel().name());
            gpu.loseAfter = 40;
            List<float[]> actual = decide(opened);
            for (int t = 0; t < expected.size(); t++) {
                assertArrayEquals(expected.get(t), actual.get(t), 1e-5f, "step " + t);
            }
            assertEquals("scalar", opened.model().network().kernel().name());
            assertEquals(1, notes.size(), notes.toString());
            assertTrue(notes.getFirst().contains("CUDA_ERROR_LAUNCH_FAILED") && notes.getFirst().contains("scalar took over"),
                    notes.toString());
            gpu.loseAfter = -1;
        }
        nothingIsLeft();
    }

    @Test
    void aFullGpuLeavesTheModelToAnotherEngineWithTheReason() {
        ModelSource model = source(SmallBundles.make(Precision.FP32, TaskSpec.Mode.STREAM, 5));
        gpu.memory = 700;
        var notes = new ArrayList<String>();
        try (var opened = open(model, notes, backend(1))) {
            assertEquals("scalar", opened.model().network().kernel().name());
            String table = String.join("\n", opened.table().describe());
            assertTrue(table.contains("CUDA_ERROR_OUT_OF_MEMORY"), table);
        }
        nothingIsLeft();
    }

    @Test
    void withoutALibraryAnotherEngineServesAndOneLineSaysWhy() {
        ModelSource model = source(SmallBundles.make(Precision.FP32, TaskSpec.Mode.STREAM, 5));
        var absent = new TensorRtBackend(() -> new TensorRtMachine("there is no CUDA driver", null, null, null), List.of(),
                () -> {
                    throw new AssertionError("nothing is loaded");
                }, new EngineCache(folder), System::nanoTime);
        try (var opened = open(model, new ArrayList<>(), absent)) {
            assertEquals("scalar", opened.model().network().kernel().name());
            assertTrue(String.join("\n", opened.table().describe()).contains("tensorrt: not here, there is no CUDA driver"));
        }
        var noPack = new TensorRtBackend(() -> new TensorRtMachine(null, gpu, new TensorRtVersion(8, 5, 2), TensorRtPack.V8_4),
                List.of(folder.resolve("packs")), () -> library, new EngineCache(folder), System::nanoTime);
        String reason = noPack.obstacle(model).orElseThrow();
        assertTrue(reason.startsWith("TensorRT 8.5.2 is here, but the bindings for it are not in ")
                && reason.contains("packs/8.4"), reason);
        assertTrue(Backends.others().stream().anyMatch(b -> b instanceof TensorRtBackend), "found as a service");
    }
}
