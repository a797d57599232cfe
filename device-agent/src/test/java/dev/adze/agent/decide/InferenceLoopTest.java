package dev.adze.agent.decide;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.adze.agent.TestBundles;
import dev.adze.agent.ledger.AgentStatus;
import dev.adze.agent.report.JsonLinesReport;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.sample.ManualClock;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorCatalog;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.SensorPanel;
import dev.adze.profiles.Profile.AfterGap;
import dev.adze.profiles.JsonLinesBounds;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.ModelSession;
import dev.adze.runtime.session.RecurrentState;
import dev.adze.runtime.session.SessionState;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InferenceLoopTest {
    private static final long MILLI = 1_000_000;
    private static final long PATIENT = 20_000_000_000L;
    private static final int CHANNELS = 5;

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock(0);
    private final PreprocessSpec preprocess = TestBundles.letters(CHANNELS);

    /** Gives values that depend only on the instant asked for, some missing; may let time pass while reading. */
    private final class Scripted implements SensorGroup {
        private final long[] stallMillis;
        private int reads;

        Scripted(long... stallMillis) {
            this.stallMillis = stallMillis;
        }

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public List<ChannelInfo> channels() {
            return IntStream.range(0, CHANNELS).mapToObj(i -> new ChannelInfo(String.valueOf((char) ('a' + i)), "V")).toList();
        }

        @Override
        public void read(long dueNanos, ReadingBuffer out) {
            if (reads < stallMillis.length) {
                clock.advance(stallMillis[reads] * MILLI);
            }
            reads++;
            for (int i = 0; i < CHANNELS; i++) {
                float v = value(dueNanos, i);
                if (Float.isNaN(v)) {
                    out.missing(i, "scripted");
                } else {
                    out.ok(i, v);
                }
            }
        }

        @Override
        public void close() {}
    }

    private static float value(long dueNanos, int channel) {
        long mixed = (dueNanos / MILLI * 31 + channel) * 0x9E3779B97F4A7C15L;
        return mixed >>> 60 == 3 ? Float.NaN : (mixed >>> 40) / 1e6f - 8;
    }

    private record Made(long slot, boolean warm, int unread, float[] outputs, long[] stamps) {}

    private List<Made> run(TaskSpec task, long slots, double rateHz, SensorGroup sensors, AgentStatus status) {
        return run(task, slots, rateHz, sensors, status, AfterGap.BRIDGE);
    }

    private List<Made> run(TaskSpec task, long slots, double rateHz, SensorGroup sensors, AgentStatus status, AfterGap afterGap) {
        var made = new ArrayList<Made>();
        var catalog = new SensorCatalog("test", List.of(sensors));
        try (var panel = new SensorPanel(catalog.all(), MonotonicClock.system());
                ModelSession session = TestBundles.session(preprocess, task)) {
            new InferenceLoop(clock, 1000 * MILLI, 7000, rateHz, panel, PATIENT, session, task, (_, _) -> {},
                    (d, readings, missed, timeouts, quarantined) -> {
                        made.add(new Made(d.slot(), d.warm(), d.unreadChannels(), d.outputs().clone(), new long[] {
                            d.stamps().scheduled, d.stamps().readStart, d.stamps().readEnd, d.stamps().preprocessed,
                            d.stamps().inferred, d.stamps().delivered}));
                        if (status != null) {
                            status.delivered(d, readings, missed, timeouts, quarantined);
                        }
                    }, GapPolicy.of(afterGap, task), StateKeeper.NONE).run(slots);
        }
        return made;
    }

    private static TaskSpec task(TaskSpec.Mode mode, int windowSteps) {
        return TestBundles.task(TaskSpec.Kind.FORECAST, mode, windowSteps, 100, 3);
    }

    /** What the model says when it is fed by hand; null stands for a missed slot. */
    private List<float[]> byHand(TaskSpec task, List<Long> dues) {
        var all = new ArrayList<float[]>();
        try (ModelSession session = TestBundles.session(preprocess, task)) {
            for (Long due : dues) {
                float[] raw = new float[CHANNELS];
                for (int i = 0; i < CHANNELS; i++) {
                    raw[i] = due == null ? Float.NaN : value(due, i);
                }
                float[] outputs = new float[3];
                session.preprocess(raw);
                session.infer(outputs);
                all.add(due == null ? null : outputs);
            }
        }
        return all;
    }

    @Test
    void decidesWhatTheModelSaysBitForBitInBothModes() {
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            TaskSpec task = task(mode, 6);
            List<Made> made = run(task, 40, 10, new Scripted(), null);
            List<Long> dues = IntStream.range(0, 40).mapToObj(k -> (1000 + 100 * k) * MILLI).toList();
            List<float[]> expected = byHand(task, dues);
            assertEquals(40, made.size());
            for (int k = 0; k < 40; k++) {
                assertEquals(k, made.get(k).slot());
                assertArrayEquals(expected.get(k), made.get(k).outputs(), mode + " slot " + k);
                assertEquals(k >= 5, made.get(k).warm(), mode + " slot " + k);
                int unread = 0;
                for (int i = 0; i < CHANNELS; i++) {
                    unread += Float.isNaN(value(dues.get(k), i)) ? 1 : 0;
                }
                assertEquals(unread, made.get(k).unread());
            }
            clock.advance(-clock.nanoTime());
        }
    }

    @Test
    void aStallIsSeenInFullFromTheScheduledInstant() {
        // Reading slot 1 takes 30 ms, slot 4 takes 130 ms (slot 5 starts 30 ms late), slot 7 takes 90 ms.
        var status = new AgentStatus(CHANNELS, 3);
        List<Made> made = run(task(TaskSpec.Mode.STREAM, 6), 10, 10, new Scripted(0, 30, 0, 0, 130, 0, 0, 90), status);
        assertEquals(IntStream.range(0, 10).mapToObj(k -> (long) k).toList(), made.stream().map(Made::slot).toList());
        long[] late = {0, 0, 0, 0, 0, 30, 0, 0, 0, 0};
        long[] read = {0, 30, 0, 0, 130, 0, 0, 90, 0, 0};
        for (int k = 0; k < 10; k++) {
            long[] s = made.get(k).stamps();
            assertEquals((1000 + 100 * k) * MILLI, s[0]);
            assertEquals(late[k] * MILLI, s[1] - s[0], "lateness of " + k);
            assertEquals(read[k] * MILLI, s[2] - s[1], "read of " + k);
            assertEquals((late[k] + read[k]) * MILLI, s[5] - s[0], "total of " + k);
        }
        var snapshot = status.snapshot();
        assertEquals(10, snapshot.decisions());
        var total = snapshot.stages().getLast();
        assertEquals((30 + 130 + 30 + 90) * MILLI, total.sumNanos());
        assertEquals(130 * MILLI, total.maxNanos(), 0.01 * 130 * MILLI);
    }

    @Test
    void missedSlotsAreStepsWithoutValues() {
        TaskSpec task = task(TaskSpec.Mode.STREAM, 6);
        // Reading slot 2 takes 260 ms: slots 3 and 4 are over by more than half a period, slot 5 is not due yet.
        List<Made> made = run(task, 9, 10, new Scripted(0, 0, 260), null);
        assertEquals(List.of(0L, 1L, 2L, 5L, 6L, 7L, 8L), made.stream().map(Made::slot).toList());
        var dues = new ArrayList<Long>();
        for (long k = 0; k < 9; k++) {
            dues.add(k == 3 || k == 4 ? null : (1000 + 100 * k) * MILLI);
        }
        List<float[]> expected = byHand(task, dues);
        for (Made m : made) {
            assertArrayEquals(expected.get((int) m.slot()), m.outputs(), "slot " + m.slot());
        }
        assertTrue(made.get(3).warm(), "the gap is shorter than the window, so time went on");
    }

    @Test
    void afterAGapTheMemoryIsAsTheProfileSays() {
        TaskSpec task = task(TaskSpec.Mode.STREAM, 6);
        List<Made> held = run(task, 7, 10, new Scripted(0, 0, 260), null, AfterGap.HOLD);
        List<float[]> asIfNothing = byHand(task, List.of(1000 * MILLI, 1100 * MILLI, 1200 * MILLI, 1500 * MILLI, 1600 * MILLI));
        for (int k = 0; k < held.size(); k++) {
            assertArrayEquals(asIfNothing.get(k), held.get(k).outputs(), "held, decision " + k);
        }
        clock.advance(-clock.nanoTime());
        List<Made> reset = run(task, 7, 10, new Scripted(0, 0, 260), null, AfterGap.RESET);
        List<float[]> afresh = byHand(task, List.of(1500 * MILLI, 1600 * MILLI));
        assertArrayEquals(afresh.get(0), reset.get(3).outputs());
        assertArrayEquals(afresh.get(1), reset.get(4).outputs());
    }

    @Test
    void aMemoryThatDecaysLosesHalfInAHalfLifeAndWarmsUpAgainInPart() {
        TaskSpec task = task(TaskSpec.Mode.STREAM, 4);
        // Two slots are missed, and the half-life is half of the window: half of the memory is left.
        List<Made> made = run(task, 10, 10, new Scripted(0, 0, 0, 0, 260), null, AfterGap.DECAY);
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 7L, 8L, 9L), made.stream().map(Made::slot).toList());
        assertEquals(List.of(false, false, false, true, true, false, true, true), made.stream().map(Made::warm).toList());
        try (ModelSession session = TestBundles.session(preprocess, task)) {
            float[] raw = new float[CHANNELS];
            float[] outputs = new float[3];
            for (Made m : made) {
                if (m.slot() == 7) {
                    var state = session.saveState();
                    float[] half = state.recurrent().values().clone();
                    for (int i = 0; i < half.length; i++) {
                        half[i] *= 0.5f;
                    }
                    session.restoreState(new SessionState(2, state.window(), new RecurrentState(half), state.preprocessor()));
                }
                for (int i = 0; i < CHANNELS; i++) {
                    raw[i] = value((1000 + 100 * m.slot()) * MILLI, i);
                }
                session.preprocess(raw);
                session.infer(outputs);
                assertArrayEquals(outputs, m.outputs(), "slot " + m.slot());
            }
        }
    }

    @Test
    void replayGivesTheNewestSamplesAgainAndOnlyThose() {
        for (TaskSpec.Mode mode : TaskSpec.Mode.values()) {
            clock.advance(-clock.nanoTime());
            TaskSpec task = task(mode, 3);
            List<Made> made = run(task, 10, 10, new Scripted(0, 0, 0, 0, 0, 260), null, AfterGap.REPLAY);
            assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L, 8L, 9L), made.stream().map(Made::slot).toList());
            List<float[]> again = byHand(task, List.of(1300 * MILLI, 1400 * MILLI, 1500 * MILLI, 1800 * MILLI, 1900 * MILLI));
            assertArrayEquals(again.get(3), made.get(6).outputs(), mode + " after the gap");
            assertArrayEquals(again.get(4), made.get(7).outputs(), mode + " and on");
            assertTrue(made.get(6).warm(), "a whole window was replayed");
        }
    }

    @Test
    void samplesOfAnEarlierRunAreReplayedToo() {
        TaskSpec task = task(TaskSpec.Mode.STREAM, 3);
        var kept = new ArrayList<float[]>();
        StateKeeper keeper = new StateKeeper() {
            @Override
            public boolean wants(Decision decision) {
                return false;
            }

            @Override
            public void keep(long epochMillis, SessionState state, float[] samples) {
                kept.add(samples);
            }
        };
        var made = new ArrayList<float[]>();
        for (int run = 0; run < 2; run++) {
            var catalog = new SensorCatalog("test", List.of(new Scripted()));
            try (var panel = new SensorPanel(catalog.all(), MonotonicClock.system()); ModelSession session = TestBundles.session(preprocess, task)) {
                var loop = new InferenceLoop(clock, (1000 + 1000 * run) * MILLI, 7000, 10, panel, PATIENT, session, task,
                        (d, _) -> made.add(d.outputs().clone()), (_, _, _, _, _) -> {}, GapPolicy.of(AfterGap.REPLAY, task), keeper);
                if (run == 1) {
                    session.preprocess(new float[CHANNELS]);
                    session.infer(new float[3]);
                    loop.resumes(5, kept.getFirst());
                }
                loop.run(5);
            }
        }
        assertEquals(3 * CHANNELS, kept.getFirst().length);
        List<float[]> again = byHand(task, List.of(1200 * MILLI, 1300 * MILLI, 1400 * MILLI, 2000 * MILLI, 2100 * MILLI));
        assertArrayEquals(again.get(3), made.get(5));
        assertArrayEquals(again.get(4), made.get(6));
    }

    @Test
    void aGapAsLongAsTheWindowStartsTheModelAfresh() {
        TaskSpec task = task(TaskSpec.Mode.STREAM, 3);
        List<Made> made = run(task, 12, 10, new Scripted(0, 0, 0, 460), null);
        assertEquals(List.of(0L, 1L, 2L, 3L, 8L, 9L, 10L, 11L), made.stream().map(Made::slot).toList());
        assertTrue(made.get(3).warm());
        assertFalse(made.get(4).warm());
        List<float[]> afresh = byHand(task, List.of(1800 * MILLI, 1900 * MILLI));
        assertArrayEquals(afresh.get(0), made.get(4).outputs());
        assertArrayEquals(afresh.get(1), made.get(5).outputs());
    }

    @Test
    void aHungSensorCostsItsChannelsAndNoDecision() {
        var gate = new CountDownLatch(1);
        var hung = new SensorGroup() {
            @Override
            public String name() {
                return "hung";
            }

            @Override
            public List<ChannelInfo> channels() {
                return List.of(new ChannelInfo("z", "V"));
            }

            @Override
            public void read(long dueNanos, ReadingBuffer out) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void close() {}
        };
        TaskSpec task = task(TaskSpec.Mode.STREAM, 6);
        var sound = new SensorCatalog("test", List.of(new Scripted())).all();
        var sources = new ArrayList<>(sound.subList(0, CHANNELS - 1));
        sources.add(new SensorCatalog.Source(hung, 0));
        int[] unread = new int[50];
        long[] timeouts = new long[50];
        try (var panel = new SensorPanel(sources, MonotonicClock.system());
                ModelSession session = TestBundles.session(preprocess, task)) {
            panel.prime();
            new InferenceLoop(clock, 0, 0, 10, panel, PATIENT, session, task, (d, readings) -> {
                assertEquals("no answer in time; the sensor is quarantined", readings.get(CHANNELS - 1).obstacle());
                for (int i = 0; i < CHANNELS - 1; i++) {
                    assertEquals(value(d.stamps().scheduled, i), (float) readings.value(i), "slot " + d.slot());
                }
            }, (d, _, _, late, quarantined) -> {
                unread[(int) d.slot()] = d.unreadChannels();
                timeouts[(int) d.slot()] = late;
                assertEquals(1, quarantined);
            }, GapPolicy.of(AfterGap.BRIDGE, task), StateKeeper.NONE).run(50);
        } finally {
            gate.countDown();
        }
        for (int k = 0; k < 50; k++) {
            assertTrue(unread[k] >= 1, "slot " + k);
            assertEquals(1, timeouts[k], "after the first time the hung sensor is not waited for");
        }
    }

    @Test
    void aDecisionAllocatesNothing() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        TaskSpec task = task(TaskSpec.Mode.STREAM, 6);
        var status = new AgentStatus(CHANNELS, 3);
        var sensors = new Scripted();
        var run = new RunInfo("1", "p", "b.adze", "m", "FP32", "k", 10, task, sensors.channels(),
                IntStream.range(0, CHANNELS).mapToObj(i -> "x").toList());
        long[] bytes = new long[4000];
        try (var panel = new SensorPanel(new SensorCatalog("test", List.of(sensors)).all(), MonotonicClock.system());
                ModelSession session = TestBundles.session(preprocess, task);
                var lines = new JsonLinesReport(folder.resolve("r.jsonl"), new JsonLinesBounds(0, 10_000_000, 5), run, System::nanoTime)) {
            var loop = new InferenceLoop(clock, 0, 0, 10, panel, PATIENT, session, task, lines,
                    (d, readings, missed, timeouts, quarantined) -> {
                        status.delivered(d, readings, missed, timeouts, quarantined);
                        bytes[(int) d.slot()] = threads.getCurrentThreadAllocatedBytes();
                    }, GapPolicy.of(AfterGap.BRIDGE, task), StateKeeper.NONE);
            loop.run(bytes.length);
        }
        long steady = bytes[3999] - bytes[1999];
        assertTrue(steady < 2000 * 16, steady + " bytes allocated in 2000 decisions");
    }

    @Test
    void randomStallsNeverLoseCountOfSlots() {
        long seed = 2025;
        var random = new Random(seed);
        long[] stalls = random.longs(400, 0, 6).map(x -> x == 5 ? random.nextLong(700) : x * 5).toArray();
        var status = new AgentStatus(CHANNELS, 3);
        List<Made> made = run(task(TaskSpec.Mode.STREAM, 4), 500, 10, new Scripted(stalls), status);
        assertEquals(499, made.getLast().slot(), "seed " + seed);
        assertEquals(500, made.size() + status.snapshot().missedSlots(), "seed " + seed);
        for (Made m : made) {
            assertTrue(m.stamps()[1] - m.stamps()[0] <= 50 * MILLI, "seed " + seed + ": slot " + m.slot() + " is too late to be taken");
        }
    }
}
