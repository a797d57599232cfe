package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.session.Session;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TeamTest {
    private static final RecurrentNetwork NETWORK = RecurrentNetwork.stackedLstm(12, 2, 130, 2);
    private static final NetworkTensors TENSORS = RandomNetworks.quantize(RandomNetworks.weights(NETWORK, new Random(21)));

    @BeforeAll
    static void requireTheLibrary() {
        assumeTrue(NativeLibrary.obstacle() == null, NativeLibrary.obstacle());
    }

    private static CompiledNetwork compile(Threads threads) {
        return CompiledNetwork.compile(TENSORS, KernelChoice.nativeTier(KernelChoice.nativeTiers().getLast()), threads);
    }

    /** All outputs of a stream, with pauses in which helpers park. */
    private static float[] outputs(CompiledNetwork network, int steps, long seed, boolean pauses) {
        var random = new Random(seed);
        var rest = new Random(-seed - 1);
        float[] features = new float[NETWORK.inputSize()];
        float[] output = new float[NETWORK.outputSize()];
        float[] all = new float[steps * output.length];
        try (var session = new Session(network)) {
            for (int t = 0; t < steps; t++) {
                for (int i = 0; i < features.length; i++) {
                    features[i] = (float) random.nextGaussian();
                }
                session.infer(features, output);
                System.arraycopy(output, 0, all, t * output.length, output.length);
                if (pauses && rest.nextInt(20) == 0) {
                    LockSupport.parkNanos(rest.nextInt(200_000));
                }
            }
        }
        return all;
    }

    @Test
    void longRunsGiveTheSameBitsWithAnyNumberOfThreads() {
        float[] expected;
        try (var one = compile(Threads.one())) {
            expected = outputs(one, 5_000, 1, false);
        }
        for (Threads threads : List.of(Threads.exactly(2), Threads.exactly(3).onOwnProcessors(), Threads.exactly(7), Threads.upTo(2))) {
            try (var network = compile(threads)) {
                assertArrayEquals(expected, outputs(network, 5_000, 1, true), threads.toString());
            }
        }
    }

    @Test
    void sessionsThatStepAtTheSameTimeDoNotDisturbEachOther() throws Exception {
        int sessions = 4;
        List<float[]> expected = new ArrayList<>();
        try (var one = compile(Threads.one())) {
            for (int s = 0; s < sessions; s++) {
                expected.add(outputs(one, 3_000, s, false));
            }
        }
        try (var network = compile(Threads.exactly(3)); ExecutorService pool = Executors.newFixedThreadPool(sessions)) {
            List<Callable<float[]>> runs = new ArrayList<>();
            for (int s = 0; s < sessions; s++) {
                long seed = s;
                runs.add(() -> outputs(network, 3_000, seed, true));
            }
            List<Future<float[]>> results = pool.invokeAll(runs);
            for (int s = 0; s < sessions; s++) {
                assertArrayEquals(expected.get(s), results.get(s).get(), "session " + s);
            }
        }
    }

    @Test
    void closingDuringStepsEndsTheSessionCleanlyAndAllHelpers() throws Exception {
        for (int round = 0; round < 20; round++) {
            var network = compile(Threads.exactly(3));
            var stepping = new AtomicBoolean();
            try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
                Future<?> steps = pool.submit(() -> {
                    try (var session = new Session(network)) {
                        while (true) {
                            session.infer(new float[NETWORK.inputSize()], new float[NETWORK.outputSize()]);
                            stepping.set(true);
                        }
                    }
                });
                while (!stepping.get()) {
                    Thread.onSpinWait();
                }
                network.close();
                var e = assertThrows(java.util.concurrent.ExecutionException.class, steps::get);
                assertEquals(IllegalStateException.class, e.getCause().getClass());
            }
            assertFalse(Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().startsWith("adze-helper")),
                    "round " + round);
        }
    }

    @Test
    void aPinnedTeamIsOnTheProcessorsThatItWasGiven() throws IOException {
        int[] processors = NativeCalls.processors();
        assumeTrue(processors.length >= 2, "one processor only: pinned or not is the same");
        Map<String, String> own = Map.of("adze-helper-1", "" + processors[1],
                "adze-helper-2", "" + processors[2 % processors.length]);
        try (var pinned = compile(Threads.exactly(3).onOwnProcessors())) {
            assertEquals(own, allowedProcessorsOfHelpers(own::equals));
        }
        try (var free = compile(Threads.exactly(2))) {
            Map<String, String> any = allowedProcessorsOfHelpers(allowed -> allowed.containsKey("adze-helper-1"));
            assertNotEquals(own.get("adze-helper-1"), any.get("adze-helper-1"));
        }
        assertArrayEquals(processors, NativeCalls.processors(), "the caller is nobody's to pin");
    }

    /** Looks until they are as they should be, as threads take their time to begin, or for ten seconds. */
    private static Map<String, String> allowedProcessorsOfHelpers(Predicate<Map<String, String>> enough) throws IOException {
        long end = System.nanoTime() + 10_000_000_000L;
        Map<String, String> allowed = allowedProcessorsOfHelpers();
        while (!enough.test(allowed) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
            allowed = allowedProcessorsOfHelpers();
        }
        return allowed;
    }

    /** As Linux tells it, of threads by name. */
    private static Map<String, String> allowedProcessorsOfHelpers() throws IOException {
        Map<String, String> allowed = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                try {
                    List<String> lines = Files.readAllLines(task.resolve("status"));
                    String name = value(lines, "Name:");
                    if (name.startsWith("adze-helper")) {
                        allowed.put(name, value(lines, "Cpus_allowed_list:"));
                    }
                } catch (IOException e) {
                    if (Files.exists(task)) { // and has not ended meanwhile
                        throw e;
                    }
                }
            }
        }
        return allowed;
    }

    private static String value(List<String> lines, String key) {
        return lines.stream().filter(line -> line.startsWith(key)).findFirst().orElseThrow().substring(key.length()).strip();
    }

    @Test
    void aSharedStepAllocatesNothing() {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        float[] features = new float[NETWORK.inputSize()];
        float[] output = new float[NETWORK.outputSize()];
        try (var network = compile(Threads.exactly(2)); var session = new Session(network)) {
            for (int t = 0; t < 30_000; t++) {
                session.infer(features, output);
            }
            long before = bean.getTotalThreadAllocatedBytes();
            long own = bean.getCurrentThreadAllocatedBytes();
            for (int t = 0; t < 10_000; t++) {
                session.infer(features, output);
            }
            own = bean.getCurrentThreadAllocatedBytes() - own;
            long all = bean.getTotalThreadAllocatedBytes() - before;
            // One object a step would be 160,000 bytes.
            assertTrue(own < 20_000 && all < 100_000, own + " bytes by this thread, " + all + " by all");
        }
    }

    @Test
    void theChoiceOfThreadsIsToldWithItsReason() {
        try (var one = compile(Threads.one()); var asked = compile(Threads.exactly(2)); var measured = compile(Threads.upTo(64));
                var scalar = CompiledNetwork.compile(TENSORS, KernelChoice.scalar(), Threads.exactly(2))) {
            assertEquals(1, one.threads().count());
            assertEquals(2, asked.threads().count());
            int count = measured.threads().count();
            assertTrue(count >= 1 && count <= Runtime.getRuntime().availableProcessors(), measured.threads().toString());
            String reason = measured.threads().reason();
            assertTrue(count == 1 ? reason.contains("did not pay") || reason.contains("one processor")
                    : reason.contains("times as fast"), reason);
            assertEquals(1, scalar.threads().count());
        }
        for (int wrong : new int[] {0, -1, 257}) {
            assertEquals(AdzeException.Kind.USAGE, assertThrows(AdzeException.class, () -> Threads.upTo(wrong)).kind());
        }
    }
}
