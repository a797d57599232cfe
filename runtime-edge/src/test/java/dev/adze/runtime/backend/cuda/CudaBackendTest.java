package dev.adze.runtime.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.Backends;
import dev.adze.runtime.backend.FastestModel;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.SmallBundles;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.latency.Percentile;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.session.ModelSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The backend against a driver that runs the real kernel source on the CPU: what is wanted of the source, of the calls and
 * of their order, with no GPU at hand. What a GPU does with it, gpu-check.sh tells.
 */
class CudaBackendTest {
    /** Its units do not all find room in registers and shared memory of the emulated GPU. */
    private static final RecurrentNetwork WIDE = new RecurrentNetwork(24, List.of(new Lstm(24, 70), new Lstm(70, 50),
            new Dense(50, 9, Dense.Activation.TANH), new Dense(9, 7, Dense.Activation.GELU), new Dense(7, 3, Dense.Activation.IDENTITY)));

    @TempDir
    static Path builds;

    @TempDir
    Path folder;

    private static FakeCuda cuda;

    @BeforeAll
    static void build() throws Exception {
        cuda = FakeCuda.build(builds).orElse(null);
    }

    @BeforeEach
    void freshDevice() {
        assumeTrue(cuda != null, "there is no C++ compiler (c++) to build the emulated GPU with");
        cuda.device(1, true, true);
        cuda.loseAfter(-1);
        cuda.memory(-1);
    }

    private static float[] values(Random random, int count, float magnitude) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = magnitude * (float) random.nextGaussian();
        }
        return values;
    }

    /** Steps, windows (with a ring's wrap-around), a state handed over and a reset, beside the scalar kernel. */
    private static void compare(NetworkTensors tensors, float tolerance) {
        var network = tensors.network();
        var random = new Random(5);
        CudaProgram program = CudaProgram.load(cuda.engine(), tensors);
        try (var scalar = CompiledNetwork.compile(tensors, KernelChoice.scalar())) {
            StepRunner expected = scalar.newRunner();
            CudaRunner actual = program.newRunner();
            int inputs = network.inputSize();
            float[] e = new float[network.outputSize()];
            float[] a = new float[network.outputSize()];
            float[] state = new float[network.stateSize()];
            for (int t = 0; t < 6; t++) {
                float[] x = t == 2 ? new float[inputs] : values(random, inputs, t == 3 ? 1e-20f : t == 4 ? 1e6f : 1);
                expected.step(x, 0, e);
                actual.step(x, 0, a);
                assertArrayEquals(e, a, tolerance, "step " + t);
                requireEqualStates(expected, actual, state, tolerance, "state after step " + t);
            }
            float[] ring = values(random, 5 * inputs, 1);
            for (int steps : new int[] {1, 2, 5, 3}) {
                expected.window(ring, inputs, 5, 3, steps, e);
                actual.window(ring, inputs, 5, 3, steps, a);
                assertArrayEquals(e, a, tolerance, "window of " + steps + " steps");
                requireEqualStates(expected, actual, state, tolerance, "state after a window of " + steps);
            }
            CudaRunner second = program.newRunner();
            expected.copyStateTo(state);
            second.copyStateFrom(state);
            actual.reset();
            expected.step(ring, 0, e);
            second.step(ring, 0, a);
            assertArrayEquals(e, a, tolerance, "after a state was handed over");
            expected.reset();
            expected.step(ring, 0, e);
            actual.step(ring, 0, a);
            assertArrayEquals(e, a, tolerance, "after a reset");
        } finally {
            program.close();
        }
        assertEquals(0, cuda.live(), "everything was given back");
    }

    private static void requireEqualStates(StepRunner expected, StepRunner actual, float[] state, float tolerance, String what) {
        expected.copyStateTo(state);
        float[] other = new float[state.length];
        actual.copyStateTo(other);
        assertArrayEquals(state, other, tolerance, what);
    }

    @Test
    void int8HasTheBitsOfTheScalarKernel() {
        compare(RandomNetworks.tensors(RandomNetworks.weights(WIDE, new Random(1)), Precision.INT8), 0);
        // Rows longer than a chunk, one layer, no dense layer, a relu.
        var long8 = new RecurrentNetwork(150, List.of(new Lstm(150, 131)));
        compare(RandomNetworks.tensors(RandomNetworks.weights(long8, new Random(2)), Precision.INT8), 0);
        var small = new RecurrentNetwork(2, List.of(new Lstm(2, 3), new Lstm(3, 1), new Lstm(1, 6),
                new Dense(6, 40, Dense.Activation.RELU)));
        compare(RandomNetworks.tensors(RandomNetworks.weights(small, new Random(3)), Precision.INT8), 0);
    }

    @Test
    void floatsAgreeUpToTheOrderOfSums() {
        var fp32 = RandomNetworks.tensors(RandomNetworks.weights(WIDE, new Random(1)), Precision.FP32);
        CudaPlan plan = CudaPlan.of(WIDE, Precision.FP32, cuda.engine().gpu());
        assertTrue(plan.registerTasks() > 0 && plan.sharedTasks() > 0
                && plan.registerTasks() + plan.sharedTasks() < plan.tasks() && plan.blocks() > 1, plan.describe());
        compare(fp32, 1e-6f);
        compare(RandomNetworks.tensors(RandomNetworks.weights(WIDE, new Random(1)), Precision.FP16), 1e-6f);
    }

    @Test
    void stepsAreGraphsWhereLaunchesCanBeCapturedAndLaunchesElsewhere() {
        var tensors = RandomNetworks.tensors(RandomNetworks.weights(WIDE, new Random(1)), Precision.INT8);
        long before = cuda.graphLaunches();
        compare(tensors, 0);
        assertTrue(cuda.graphLaunches() > before);
        cuda.device(1, false, true);
        before = cuda.graphLaunches();
        compare(tensors, 0);
        assertEquals(before, cuda.graphLaunches());
    }

    @Test
    void withoutCooperativeLaunchesOneBlockDoesAll() {
        cuda.device(1, true, false);
        assertEquals(1, CudaPlan.of(WIDE, Precision.INT8, cuda.engine().gpu()).blocks());
        compare(RandomNetworks.tensors(RandomNetworks.weights(WIDE, new Random(1)), Precision.INT8), 0);
    }

    @Test
    void whatIsMissingIsToldInOneLine() {
        String file = cuda.file().toString();
        record Case(CudaEngine engine, String expected) {}
        var noDriver = CudaEngine.probe(List.of("libcuda-of-nobody.so.1"), file, 0);
        var noCompiler = CudaEngine.probe(List.of(file), "/nowhere/libnvrtc.so", 0);
        var noSecond = CudaEngine.probe(List.of(file), file, 1);
        cuda.device(0, true, true);
        var noDevice = cuda.engine();
        for (Case each : List.of(new Case(noDriver, "no CUDA driver (libcuda-of-nobody.so.1"), new Case(noDevice, "no GPU"),
                new Case(noSecond, "no GPU 1"), new Case(noCompiler, "/nowhere/libnvrtc.so"))) {
            assertTrue(each.engine.obstacle().contains(each.expected), each.engine.obstacle());
            assertFalse(each.engine.obstacle().contains("\n"), each.engine.obstacle());
        }
    }

    private ModelSource source(Bundle bundle) {
        Path file = folder.resolve("model.adze");
        bundle.write(file);
        return ModelSource.of(file, bundle);
    }

    @Test
    void networksThatTheKernelDoesNotKnowAreLeftToOthersWithTheReason() {
        var backend = new CudaBackend(cuda::engine);
        var gru = new RecurrentNetwork(SmallBundles.INPUTS, List.of(new Gru(SmallBundles.INPUTS, 4),
                new Dense(4, 2, Dense.Activation.IDENTITY)));
        var refused = backend.obstacle(source(SmallBundles.make(Precision.FP32, TaskSpec.Mode.STREAM, "gru", gru)));
        assertEquals(Optional.of("it takes lstm layers with dense layers after them; layer 0 is gru"), refused);
        var int4 = backend.obstacle(source(SmallBundles.make(Precision.INT4, TaskSpec.Mode.STREAM, 6)));
        assertTrue(int4.orElseThrow().contains("int4"), int4.toString());
        assertEquals(Optional.empty(), backend.obstacle(source(SmallBundles.make(Precision.FP16, TaskSpec.Mode.STREAM, 6))));
    }

    @Test
    void withoutADriverAnotherEngineServesAndTheTableSaysWhy() {
        ModelSource model = source(SmallBundles.make(Precision.FP32, TaskSpec.Mode.STREAM, 6));
        var notes = new ArrayList<String>();
        var backends = new ArrayList<>(Backends.all().stream().filter(b -> b.name().equals("scalar")).toList());
        backends.add(new CudaBackend(() -> CudaEngine.probe(List.of("libcuda-of-nobody.so.1"), null, 0)));
        try (var opened = FastestModel.open(model.file(), new FastestModel.Choice(Percentile.P50, Optional.empty(), backends,
                notes::add, System::nanoTime))) {
            assertEquals("scalar", opened.model().network().kernel().name());
            String table = String.join("\n", opened.table().describe());
            assertTrue(table.contains("there is no CUDA driver"), table);
        }
        assertTrue(Backends.all().stream().anyMatch(b -> b instanceof CudaBackend), "found as a service");
    }

    @Test
    void aGpuLostInFlightIsReplacedAndNoDecisionIsLost() {
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            ModelSource model = source(SmallBundles.make(Precision.INT8, mode, 6));
            var scalar = Backends.all().stream().filter(b -> b.name().equals("scalar")).findFirst().orElseThrow();
            var notes = new ArrayList<String>();
            List<float[]> expected = decide(model, List.of(scalar), notes);
            List<float[]> actual = decide(model, List.of(new CudaBackend(cuda::engine)), notes);
            requireEqual(expected, actual);
            assertEquals(List.of(), notes);
            // Both are tried; the emulated GPU is the slower one, so it is made to look like the only one that is fast.
            long[] clock = {0};
            var backends = List.of(new CudaBackend(cuda::engine), scalar);
            try (var opened = FastestModel.open(model.file(), new FastestModel.Choice(Percentile.P50, Optional.empty(), backends,
                    notes::add, () -> clock[0] += 50_000_000))) {
                assertEquals("cuda", opened.model().network().kernel().name());
                cuda.loseAfter(4);
                requireEqual(expected, decide(opened));
                cuda.loseAfter(-1);
                assertEquals("scalar", opened.model().network().kernel().name());
            }
            assertEquals(1, notes.size(), notes.toString());
            assertTrue(notes.getFirst().startsWith("cuda broke (the CUDA driver's cu")
                    && notes.getFirst().contains("CUDA_ERROR_LAUNCH_FAILED"), notes.toString());
            assertEquals(0, cuda.live(), "everything was given back");
        }
    }

    private static List<float[]> decide(ModelSource model, List<dev.adze.runtime.backend.Backend> backends,
            List<String> notes) {
        long[] clock = {0};
        try (var opened = FastestModel.open(model.file(), new FastestModel.Choice(Percentile.P50, Optional.empty(), backends,
                notes::add, () -> clock[0] += 50_000_000))) {
            return decide(opened);
        }
    }

    private static List<float[]> decide(FastestModel opened) {
        var random = new Random(7);
        var decisions = new ArrayList<float[]>();
        try (ModelSession session = opened.model().newModelSession()) {
            for (int t = 0; t < 12; t++) {
                session.preprocess(new float[] {40 + 12 * (float) random.nextGaussian(), 50 + 3 * (float) random.nextGaussian()});
                float[] outputs = new float[2];
                session.infer(outputs);
                decisions.add(outputs);
            }
        }
        return decisions;
    }

    private static void requireEqual(List<float[]> expected, List<float[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), 0, "decision " + i);
        }
    }

    @Test
    void aGpuOutOfMemorySaysSoAndKeepsNothing() {
        var backend = new CudaBackend(cuda::engine);
        ModelSource model = source(SmallBundles.make(Precision.INT8, TaskSpec.Mode.STREAM, 6));
        for (long bytes : new long[] {0, 5_000, 20_000}) {
            cuda.memory(bytes);
            var e = assertThrows(AdzeException.class, () -> {
                try (CompiledNetwork network = backend.compile(model)) {
                    for (int i = 0; i < 200; i++) {
                        network.newRunner();
                    }
                }
            });
            assertEquals(AdzeException.Kind.UNAVAILABLE, e.kind());
            assertTrue(e.getMessage().contains("CUDA_ERROR_OUT_OF_MEMORY") && e.getMessage().contains("bytes"), e.getMessage());
            assertEquals(0, cuda.live(), "everything was given back");
        }
    }

    @Test
    void aClosedNetworkRefusesSteps() {
        var tensors = RandomNetworks.tensors(RandomNetworks.weights(WIDE, new Random(1)), Precision.INT8);
        CudaProgram program = CudaProgram.load(cuda.engine(), tensors);
        CudaRunner runner = program.newRunner();
        program.close();
        assertThrows(IllegalStateException.class, () -> runner.step(new float[24], 0, new float[3]));
        assertThrows(IllegalStateException.class, program::newRunner);
    }
}
