package dev.adze.runtime.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.BackendTable.Verdict;
import dev.adze.runtime.bundle.SmallBundles;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.latency.Percentile;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.session.EdgeModel;
import dev.adze.runtime.session.ModelSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice between engines, and what happens when one breaks. Time is the fakes' own. */
class FastestModelTest {
    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong();
    private final List<String> notes = new ArrayList<>();
    private final FakeBackend slow = new FakeBackend("slow", clock).costs(900_000);
    private final FakeBackend quick = new FakeBackend("quick", clock).costs(100_000);
    private final FakeBackend middle = new FakeBackend("middle", clock).costs(400_000);
    private Path bundle;

    @BeforeEach
    void writeBundle() {
        bundle = write(TaskSpec.Mode.STREAM);
    }

    private Path write(TaskSpec.Mode mode) {
        Path file = folder.resolve("model.adze");
        SmallBundles.make(Precision.FP32, mode, 6).write(file);
        return file;
    }

    private FastestModel open(Backend... backends) {
        return open(Optional.empty(), backends);
    }

    private FastestModel open(Optional<Path> cache, Backend... backends) {
        return FastestModel.open(bundle, new FastestModel.Choice(Percentile.P90, cache, List.of(backends), notes::add,
                clock::get));
    }

    private Verdict verdict(FastestModel model, String name) {
        return model.table().rows().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow().verdict();
    }

    @Test
    void theFastestEngineThatAgreesServes() {
        try (var opened = open(slow, quick, middle)) {
            assertEquals(List.of("quick", "middle", "slow"), opened.table().ranking());
            assertEquals("quick", opened.model().network().kernel().name());
            var row = opened.table().rows().get(1);
            assertEquals(100, row.chosenByMicros(), 1e-9);
            assertEquals(Percentile.P90.minimumSamples(), row.samples());
            assertTrue(opened.table().describe().get(1).contains("p90 100.0 us"), opened.table().describe().toString());
            assertTrue(opened.table().describe().get(1).endsWith("chosen"), opened.table().describe().toString());
        }
        for (FakeBackend backend : List.of(slow, quick, middle)) {
            assertEquals(backend.compiled, backend.closed, backend.name + " is closed as often as it was opened");
        }
    }

    @Test
    void windowsAreTimedWhole() {
        bundle = write(TaskSpec.Mode.WINDOW);
        try (var opened = open(quick)) {
            // The first golden case has one step.
            assertEquals("window of 1 steps", opened.table().call());
            assertEquals(100, opened.table().rows().getFirst().p50Micros(), 1e-9);
        }
    }

    @Test
    void enginesThatDisagreeAreAbsentOrBreakAreLeftOutWithTheReason() {
        quick.bias = 0.01f;
        middle.obstacle = "there is no driver";
        var gone = new FakeBackend("gone", clock);
        gone.failsToCompile = true;
        var breaking = new FakeBackend("breaking", clock);
        breaking.breaksAt = 100;
        try (var opened = open(slow, quick, middle, gone, breaking)) {
            assertEquals(List.of("slow"), opened.table().ranking());
            assertEquals(Verdict.DISAGREES, verdict(opened, "quick"));
            assertEquals(Verdict.ABSENT, verdict(opened, "middle"));
            assertEquals(Verdict.FAILED, verdict(opened, "gone"));
            assertEquals(Verdict.FAILED, verdict(opened, "breaking"));
            String lines = String.join("\n", opened.table().describe());
            for (String reason : List.of("should be", "there is no driver", "the driver is gone", "lost in flight")) {
                assertTrue(lines.contains(reason), lines);
            }
        }
        assertEquals(0, middle.compiled);
    }

    @Test
    void withoutAnEngineThatAgreesNothingOpens() {
        quick.bias = 1;
        var e = assertThrows(AdzeException.class, () -> open(quick));
        assertEquals(AdzeException.Kind.MISMATCH, e.kind());
        assertTrue(e.getMessage().contains("quick: left out"), e.getMessage());
    }

    @Test
    void aMeasuredTableIsRememberedUntilSomethingChanges() throws IOException {
        Optional<Path> cache = Optional.of(folder.resolve("cache/deep"));
        try (var first = open(cache, slow, quick)) {
            assertFalse(first.remembered());
        }
        long measured = slow.compiled;
        try (var second = open(cache, slow, quick)) {
            assertTrue(second.remembered());
            assertEquals(measured, slow.compiled, "nothing was tried again");
            assertEquals("quick", second.model().network().kernel().name());
            assertEquals(100, second.table().rows().get(1).chosenByMicros(), 1e-9);
        }
        slow.identity = "2";
        try (var other = open(cache, slow, quick)) {
            assertFalse(other.remembered(), "another version of an engine");
        }
        try (Stream<Path> files = Files.list(cache.get())) {
            for (Path file : files.toList()) {
                Files.writeString(file, "{\"adzeBackends\": 1, \"key\": \"");
            }
        }
        try (var damaged = open(cache, slow, quick)) {
            assertFalse(damaged.remembered());
        }
        try (var repaired = open(cache, slow, quick)) {
            assertTrue(repaired.remembered());
        }
    }

    @Test
    void aRememberedEngineThatDoesNotOpenAnyMoreIsReplaced() {
        Optional<Path> cache = Optional.of(folder.resolve("cache"));
        open(cache, slow, quick).close();
        quick.failsToCompile = true;
        try (var opened = open(cache, slow, quick)) {
            assertEquals("slow", opened.model().network().kernel().name());
            assertTrue(notes.toString().contains("quick does not open (the driver is gone)"), notes.toString());
        }
    }

    private List<float[]> decide(EdgeModel model, TaskSpec.Mode mode, long seed) {
        var random = new Random(seed);
        var decisions = new ArrayList<float[]>();
        try (ModelSession session = model.newModelSession()) {
            for (int t = 0; t < 60; t++) {
                session.preprocess(new float[] {40 + 12 * (float) random.nextGaussian(), 50 + 3 * (float) random.nextGaussian()});
                if (mode == TaskSpec.Mode.STREAM || t % 3 == 0) {
                    float[] outputs = new float[2];
                    session.infer(outputs);
                    decisions.add(outputs);
                }
            }
        }
        return decisions;
    }

    /** Wherever an engine breaks, by an exception or by nonsense, and whichever the next is. */
    @Test
    void anEngineThatBreaksIsReplacedAndEveryDecisionIsTheOneItWouldHaveBeen() {
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            bundle = write(mode);
            for (long seed = 1; seed <= 30; seed++) {
                var random = new Random(seed);
                List<float[]> expected;
                try (EdgeModel plain = EdgeModel.open(bundle)) {
                    expected = decide(plain, mode, seed);
                }
                notes.clear();
                var first = new FakeBackend("first", clock).costs(1_000_000);
                var second = new FakeBackend("second", clock).costs(2_000_000);
                first.quietly = random.nextBoolean();
                second.quietly = random.nextBoolean();
                try (var opened = open(first, second, new FakeBackend("third", clock).costs(3_000_000))) {
                    first.breaksAt = first.steps + random.nextInt(40);
                    boolean both = random.nextBoolean();
                    second.breaksAt = both ? second.steps + random.nextInt(15) : Long.MAX_VALUE;
                    List<float[]> actual = decide(opened.model(), mode, seed);
                    assertEquals(expected.size(), actual.size());
                    for (int i = 0; i < expected.size(); i++) {
                        assertArrayEquals(expected.get(i), actual.get(i), 0, "mode " + mode + ", seed " + seed + ", decision " + i);
                    }
                    assertEquals(both ? "third" : "second", opened.model().network().kernel().name(), "seed " + seed);
                    assertEquals(both ? 2 : 1, notes.size(), notes.toString());
                    assertTrue(notes.getFirst().startsWith("first broke (") && notes.getFirst().endsWith("second took over"),
                            notes.toString());
                    assertEquals(expected.size(), decide(opened.model(), mode, seed).size(), "new sessions start on the engine that works");
                }
            }
        }
    }

    @Test
    void theLastEngineThatBreaksIsToldToTheCaller() {
        try (var opened = open(quick); ModelSession session = opened.model().newModelSession()) {
            quick.breaksAt = quick.steps;
            session.preprocess(new float[] {40, 50});
            var e = assertThrows(AdzeException.class, () -> session.infer(new float[2]));
            assertTrue(e.getMessage().contains("no engine is left"), e.getMessage());
        }
    }

    @Test
    void ourOwnKernelsAreAlwaysThere() {
        List<String> names = Backends.all().stream().map(Backend::name).toList();
        assertTrue(names.contains("scalar") && names.contains("tflite"), names.toString());
        try (var opened = FastestModel.open(bundle, new FastestModel.Choice(Percentile.P50, Optional.empty(), Backends.all(),
                notes::add, System::nanoTime))) {
            assertEquals(Verdict.AGREES, verdict(opened, "scalar"));
            assertEquals(Verdict.ABSENT, verdict(opened, "tflite"));
            assertTrue(notes.isEmpty(), notes.toString());
        }
    }
}
