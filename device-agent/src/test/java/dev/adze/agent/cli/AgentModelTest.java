package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.TestBundles;
import dev.adze.agent.decide.GapPolicy;
import dev.adze.agent.decide.InferenceLoop;
import dev.adze.agent.decide.StateKeeper;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.OneChannel;
import dev.adze.agent.sensor.SensorCatalog;
import dev.adze.agent.sensor.SensorPanel;
import dev.adze.profiles.Profile.AfterGap;
import dev.adze.profiles.ProfileReader;
import dev.adze.runtime.backend.Backend;
import dev.adze.runtime.backend.FastestModel.Choice;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.latency.Percentile;
import dev.adze.runtime.session.EdgeModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentModelTest {
    private static final OneChannel CPU_BUSY = new OneChannel(new ChannelInfo("cpu.busy", "%"), AgentModelTest::value);
    private static final int SLOTS = 40;

    @TempDir
    Path folder;

    private long now;
    /** Steps that the quick engine may still make; it breaks for good after them. */
    private long stepsLeft = Long.MAX_VALUE;

    /** The scalar kernel under another name, at a pace of its own on the test's clock. */
    private final class Paced implements Backend {
        private final String name;
        private final long nanos;
        private final boolean breaks;

        Paced(String name, long nanos, boolean breaks) {
            this.name = name;
            this.nanos = nanos;
            this.breaks = breaks;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Optional<String> obstacle(ModelSource model) {
            return Optional.empty();
        }

        @Override
        public String identity(ModelSource model) {
            return name;
        }

        @Override
        public CompiledNetwork compile(ModelSource model) {
            CompiledNetwork scalar = CompiledNetwork.compile(model.bundle().weights(), KernelChoice.scalar());
            return CompiledNetwork.hosted(scalar.network(), scalar.precision(), () -> name, "test",
                    () -> runner(scalar.newRunner()), scalar::close);
        }

        private StepRunner runner(StepRunner scalar) {
            return new StepRunner() {
                @Override
                public void step(float[] features, int offset, float[] output) {
                    if (breaks && stepsLeft-- <= 0) {
                        throw new IllegalStateException("out of order");
                    }
                    now += nanos;
                    scalar.step(features, offset, output);
                }

                @Override
                public void advance(float[] features, int offset) {
                    scalar.advance(features, offset);
                }

                @Override
                public void reset() {
                    scalar.reset();
                }

                @Override
                public void copyStateTo(float[] state) {
                    scalar.copyStateTo(state);
                }

                @Override
                public void copyStateFrom(float[] state) {
                    scalar.copyStateFrom(state);
                }
            };
        }
    }

    private static float value(long dueNanos) {
        return (float) (Math.sin(dueNanos / 1e9) * 40 + 50);
    }

    @Test
    void anEngineThatBreaksMidRunIsReplacedAndNoDecisionIsLostOrChanged() {
        Path bundle = TestBundles.write(folder.resolve("m.adze"), 100, TestBundles.channel("cpu.busy", "%"));
        var notes = new ArrayList<String>();
        var choice = new Choice(Percentile.P99, Optional.empty(), List.of(new Paced("slow", 9_000, false),
                new Paced("quick", 1_000, true)), notes::add, () -> now);
        var clock = new MonotonicClock() {
            @Override
            public long nanoTime() {
                return now;
            }

            @Override
            public void parkUntil(long nanoTime) {
                now = Math.max(now, nanoTime);
            }
        };
        var outputs = new ArrayList<float[]>();
        var dues = new ArrayList<Long>();
        try (AgentModel chosen = AgentModel.fastest(bundle, choice)) {
            assertEquals("quick", AgentModel.kernelText(chosen.model().network()));
            assertTrue(chosen.choice().getLast().matches("quick: p99 1\\.0 us, .*, chosen"), chosen.choice().toString());
            stepsLeft = 17;
            try (var panel = new SensorPanel(new SensorCatalog("test", List.of(CPU_BUSY)).all(), MonotonicClock.system());
                    var session = chosen.model().newModelSession()) {
                new InferenceLoop(clock, now + 1_000_000_000L, 7000, 10, panel, 20_000_000_000L, session,
                        chosen.model().manifest().task(), (_, _) -> {}, (d, _, _, _, _) -> {
                            outputs.add(d.outputs().clone());
                            dues.add(d.stamps().scheduled);
                        }, GapPolicy.of(AfterGap.BRIDGE, chosen.model().manifest().task()), StateKeeper.NONE).run(SLOTS);
            }
            assertEquals(List.of("quick broke (out of order); slow took over"), notes);
            assertEquals("slow", AgentModel.kernelText(chosen.model().network()));
        }
        assertEquals(SLOTS, outputs.size());
        try (EdgeModel reference = EdgeModel.open(bundle, KernelChoice.scalar()); var session = reference.newModelSession()) {
            float[] expected = new float[2];
            for (int k = 0; k < SLOTS; k++) {
                session.preprocess(new float[] {value(dues.get(k))});
                session.infer(expected);
                assertArrayEquals(expected, outputs.get(k), "slot " + k);
            }
        }
    }

    @Test
    void aCacheThatTakesNothingCostsALineOnly() throws Exception {
        Path bundle = TestBundles.write(folder.resolve("m.adze"), 100, TestBundles.channel("cpu.busy", "%"));
        Path file = Files.writeString(folder.resolve("taken"), "no folder");
        var notes = new ArrayList<String>();
        try (AgentModel chosen = AgentModel.fastest(bundle, new Choice(Percentile.P50, Optional.of(file.resolve("x")),
                List.of(new Paced("only", 1_000, false)), notes::add, () -> now))) {
            assertEquals("only", AgentModel.kernelText(chosen.model().network()));
        }
        assertEquals(1, notes.size());
        assertTrue(notes.getFirst().startsWith("measured engines cannot be remembered: "), notes.getFirst());
    }

    @Test
    void measuredEnginesAreRememberedWhereTheServiceTheProfileOrTheUserKeepsThings() throws Exception {
        var plain = ProfileReader.readNamedOrPath("this-host");
        Path file = Files.writeString(folder.resolve("p.yaml"), """
                adze-profile: 1
                name: p
                device: {board: x}
                sensors: {rate-hz: 1}
                state: {folder: memory}
                """);
        var keeping = ProfileReader.read(file);
        Map<String, String> user = Map.of("HOME", "/home/a", "XDG_CACHE_HOME", "relative");
        assertEquals(Optional.of(Path.of("/home/a/.cache/adze")), CacheFolder.candidate(user, plain));
        assertEquals(Optional.of(folder.resolve("memory")), CacheFolder.candidate(user, keeping));
        assertEquals(Optional.of(Path.of("/var/cache/adze")), CacheFolder.candidate(Map.of("CACHE_DIRECTORY",
                "/var/cache/adze:/elsewhere", "HOME", "/root"), keeping));
        assertEquals(Optional.empty(), CacheFolder.candidate(Map.of(), plain));
    }
}
