package dev.adze.agent.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.TestBundles;
import dev.adze.profiles.Profile.AfterGap;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.ModelSession;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SessionMemoryTest {
    private static final int CHANNELS = 4;
    private static final PreprocessSpec PREPROCESS = TestBundles.letters(CHANNELS);
    private static final byte[] BUNDLE = new byte[32];

    private static TaskSpec task(TaskSpec.Mode mode) {
        return TestBundles.task(TaskSpec.Kind.FORECAST, mode, 6, 100, 3);
    }

    private static float[] step(ModelSession session, Random random) {
        float[] raw = new float[CHANNELS];
        for (int i = 0; i < CHANNELS; i++) {
            raw[i] = random.nextInt(4) == 0 ? Float.NaN : (float) (5 * random.nextGaussian());
        }
        float[] outputs = new float[3];
        session.preprocess(raw);
        session.infer(outputs);
        return outputs;
    }

    private static SessionMemory.Restored restore(MemoryFiles files, ModelSession session, long startMillis, AfterGap afterGap)
            throws Exception {
        try (var memory = new SessionMemory(files, BUNDLE, 1000, "test")) {
            return memory.restore(session, startMillis, 100, 6, afterGap);
        }
    }

    private static MemoryFiles kept(ModelSession session, long epochMillis) throws Exception {
        var files = new MemoryFiles();
        try (var memory = new SessionMemory(files, BUNDLE, 1000, "test")) {
            memory.keep(epochMillis, session.saveState(), new float[0]);
        }
        return files;
    }

    @Test
    void aRestartChangesNoBitOfWhatFollows() throws Exception {
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            long seed = System.nanoTime();
            var random = new Random(seed);
            try (ModelSession unbroken = TestBundles.session(PREPROCESS, task(mode));
                    ModelSession first = TestBundles.session(PREPROCESS, task(mode));
                    ModelSession second = TestBundles.session(PREPROCESS, task(mode))) {
                for (int i = 0; i < 9; i++) {
                    long s = random.nextLong();
                    assertArrayEquals(step(unbroken, new Random(s)), step(first, new Random(s)));
                }
                var restored = restore(kept(first, 5000), second, 5100, AfterGap.BRIDGE);
                assertTrue(restored.restored());
                assertEquals(0, restored.missedSteps());
                assertTrue(second.warm());
                for (int i = 0; i < 20; i++) {
                    long s = random.nextLong();
                    assertArrayEquals(step(unbroken, new Random(s)), step(second, new Random(s)), mode + " step " + i + " seed " + seed);
                }
            }
        }
    }

    @Test
    void theAgeOfTheMemoryDecidesWhatBecomesOfIt() throws Exception {
        try (ModelSession session = TestBundles.session(PREPROCESS, task(TaskSpec.Mode.STREAM));
                ModelSession fresh = TestBundles.session(PREPROCESS, task(TaskSpec.Mode.STREAM))) {
            step(session, new Random(1));
            MemoryFiles files = kept(session, 5000);
            assertEquals(3, restore(files, fresh, 5400, AfterGap.BRIDGE).missedSteps());
            assertTrue(restore(files, fresh, 5649, AfterGap.BRIDGE).restored());
            assertFalse(restore(files, fresh, 5700, AfterGap.BRIDGE).restored(), "as long as the window");
            assertFalse(restore(files, fresh, 5200, AfterGap.RESET).restored());
            assertTrue(restore(files, fresh, 5100, AfterGap.RESET).restored(), "nothing was missed");
            var held = restore(files, fresh, 5_000_000, AfterGap.HOLD);
            assertTrue(held.restored() && held.missedSteps() == 0);
            var faded = restore(files, fresh, 5_000_000, AfterGap.DECAY);
            assertTrue(faded.restored() && faded.missedSteps() == 49_949);
            assertEquals("the memory is of the future: the clock was set back: begins afresh",
                    restore(files, fresh, 1000, AfterGap.HOLD).note());
            assertEquals("no memory of an earlier run: begins afresh", restore(new MemoryFiles(), fresh, 0, AfterGap.HOLD).note());
        }
    }

    @Test
    void theMemoryOfAnotherModelIsNotTaken() throws Exception {
        try (ModelSession session = TestBundles.session(PREPROCESS, task(TaskSpec.Mode.STREAM));
                ModelSession other = TestBundles.session(TestBundles.letters(3), task(TaskSpec.Mode.STREAM));
                ModelSession window = TestBundles.session(PREPROCESS, task(TaskSpec.Mode.WINDOW))) {
            step(session, new Random(1));
            MemoryFiles files = kept(session, 5000);
            byte[] another = BUNDLE.clone();
            another[31] = 1;
            try (var memory = new SessionMemory(files, another, 1000, "test")) {
                assertEquals("the memory is another bundle's: begins afresh", memory.restore(session, 5100, 100, 6, AfterGap.HOLD).note());
            }
            assertEquals("the memory does not fit the model: begins afresh", restore(files, other, 5100, AfterGap.HOLD).note());
            assertEquals("the memory does not fit the model: begins afresh", restore(files, window, 5100, AfterGap.HOLD).note());
            assertEquals(0, other.stepsSeen());
            assertThrows(IllegalArgumentException.class, () -> other.restoreState(session.saveState()));
        }
    }

    @Test
    void aDiskThatFailsCostsTheMemoryAndNotTheRun() throws Exception {
        var broken = new StateFiles() {
            int writes;

            @Override
            public java.util.Optional<byte[]> read(String name) {
                return java.util.Optional.empty();
            }

            @Override
            public void write(String name, byte[] content) throws IOException {
                writes++;
                throw new IOException("No space left on device");
            }

            @Override
            public byte[] read(String name, long offset, int length) {
                return new byte[0];
            }

            @Override
            public void append(String name, byte[] content) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void delete(String name) {}

            @Override
            public java.util.List<String> names() {
                return java.util.List.of();
            }

            @Override
            public void sync(String name) {}

            @Override
            public void rename(String from, String to) {}

            @Override
            public void syncFolder() {}
        };
        try (ModelSession session = TestBundles.session(PREPROCESS, task(TaskSpec.Mode.STREAM))) {
            try (var memory = new SessionMemory(broken, BUNDLE, 1000, "test")) {
                memory.keep(1, session.saveState(), new float[0]);
            }
            assertEquals(1, broken.writes);
        }
    }
}
