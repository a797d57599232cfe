package dev.adze.agent.sensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.sample.MonotonicClock;
import dev.adze.runtime.AdzeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SensorPanelTest {
    private static final MonotonicClock CLOCK = MonotonicClock.system();
    private static final long LIMIT = 2_000_000_000L;
    private static final long PATIENT = 20_000_000_000L;

    @TempDir
    Path root;

    private record Fake(String name, Runnable work) implements SensorGroup {
        @Override
        public List<ChannelInfo> channels() {
            return List.of(new ChannelInfo(name + ".a", "V"), new ChannelInfo(name + ".b", ""));
        }

        @Override
        public void read(long dueNanos, ReadingBuffer out) {
            work.run();
            out.ok(0, dueNanos);
            out.invalid(1, "bad");
        }

        @Override
        public void close() {}
    }

    private static SensorPanel all(SensorGroup... groups) {
        return new SensorPanel(new SensorCatalog("this device", List.of(groups)).all(), CLOCK);
    }

    @Test
    void channelsComeInTheOrderAskedForFromWhateverGroup() {
        var catalog = new SensorCatalog("this device", List.of(new Fake("x", () -> {}), new Fake("y", () -> {})));
        try (var panel = new SensorPanel(
                List.of(catalog.find("y.b", ""), catalog.find("x.a", "V"), catalog.find("y.a", "")), CLOCK)) {
            var out = new ReadingBuffer(3);
            panel.read(42, PATIENT, out);
            assertEquals(new Reading.Invalid("bad"), out.get(0));
            assertEquals(new Reading.Ok(42), out.get(1));
            assertEquals(new Reading.Ok(42), out.get(2));
            assertEquals(List.of("y.b", "x.a", "y.a"), panel.channels().stream().map(ChannelInfo::name).toList());
        }
    }

    @Test
    void aGroupIsToldWhatIsWantedEvenIfItHasARateOfItsOwn() {
        var wanted = new ArrayList<BitSet>();
        SensorGroup group = new SensorGroup() {
            private final Fake fake = new Fake("x", () -> {});

            @Override
            public String name() {
                return fake.name();
            }

            @Override
            public List<ChannelInfo> channels() {
                return fake.channels();
            }

            @Override
            public void want(BitSet channels) {
                wanted.add(channels);
            }

            @Override
            public void read(long dueNanos, ReadingBuffer out) {
                fake.read(dueNanos, out);
            }

            @Override
            public void close() {}
        };
        for (SensorGroup each : List.of(group, new OwnRateGroup(group, 100, CLOCK))) {
            var catalog = new SensorCatalog("this device", List.of(each, new Fake("y", () -> {})));
            new SensorPanel(List.of(catalog.find("y.a", ""), catalog.find("x.b", "")), CLOCK).close();
        }
        assertEquals(List.of(BitSet.valueOf(new long[] {2}), BitSet.valueOf(new long[] {2})), wanted);
    }

    @Test
    void anUnknownChannelOrAnotherUnitIsRefusedInOneLine() {
        var catalog = new SensorCatalog("this device", List.of(new Fake("cpu", () -> {})));
        String unknown = assertThrows(AdzeException.class, () -> catalog.find("cpu.aa", "")).getMessage();
        assertEquals("this device has no channel cpu.aa; did you mean cpu.a?", unknown);
        String unit = assertThrows(AdzeException.class, () -> catalog.find("cpu.a", "mV")).getMessage();
        assertEquals("this device measures channel cpu.a in V, but mV is asked for", unit);
    }

    @Test
    void aFileThatNeverAnswersQuarantinesOnlyItsOwnChannel() throws Exception {
        var tree = new FixtureTree(root).putHost(0);
        for (int zone = 0; zone < 3; zone++) {
            tree.put("sys/class/thermal/thermal_zone" + zone + "/type", "z" + zone + "\n");
            if (zone != 1) {
                tree.put("sys/class/thermal/thermal_zone" + zone + "/temp", "4" + zone + "000\n");
            }
        }
        tree.putHanging("sys/class/thermal/thermal_zone1/temp");
        var catalog = new SensorCatalog("this device", Board.discover(root, CLOCK::nanoTime));
        try (var panel = new SensorPanel(List.of(catalog.find("mem.available", "%"), catalog.find("thermal.z0", ""),
                catalog.find("thermal.z1", ""), catalog.find("thermal.z2", "")), CLOCK)) {
            var out = new ReadingBuffer(4);
            panel.read(0, LIMIT, out);
            for (int repeat = 0; repeat < 20; repeat++) {
                long start = System.nanoTime();
                panel.read(0, PATIENT, out);
                assertTrue(System.nanoTime() - start < LIMIT, "the hung channel holds up the others");
                assertEquals(new Reading.Ok(75), out.get(0));
                assertEquals(new Reading.Ok(40), out.get(1));
                assertInstanceOf(Reading.Missing.class, out.get(2));
                assertEquals(new Reading.Ok(42), out.get(3));
            }
            assertEquals(List.of("thermal.z1"), panel.quarantined());
            assertEquals(1, panel.timeouts());
            long stuck = Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals("sensor-thermal.z1")).count();
            assertEquals(1, stuck, "threads stuck on one hung file");

            // The device answers after all: the channel comes back by itself.
            Files.newOutputStream(root.resolve("sys/class/thermal/thermal_zone1/temp"), java.nio.file.StandardOpenOption.WRITE).close();
            Files.delete(root.resolve("sys/class/thermal/thermal_zone1/temp"));
            tree.put("sys/class/thermal/thermal_zone1/temp", "43000\n");
            long giveUp = System.nanoTime() + PATIENT;
            while (!out.isOk(2) && System.nanoTime() < giveUp) {
                panel.read(0, LIMIT, out);
            }
            assertEquals(new Reading.Ok(43), out.get(2));
            assertEquals(List.of(), panel.quarantined());
        }
    }

    @Test
    void aLateAnswerIsThrownAwayAndTheNextOneCounts() throws Exception {
        var gate = new CountDownLatch(1);
        var slow = new Fake("slow", () -> await(gate));
        try (var panel = all(slow, new Fake("quick", () -> {}))) {
            var out = new ReadingBuffer(4);
            panel.read(1, 50_000_000, out);
            assertInstanceOf(Reading.Missing.class, out.get(0));
            assertTrue(panel.quarantined().contains("slow"));
            gate.countDown();
            long giveUp = System.nanoTime() + PATIENT;
            long due = 2;
            while (!(out.isOk(0) && out.isOk(2)) && System.nanoTime() < giveUp) {
                panel.read(++due, LIMIT, out);
            }
            assertEquals(new Reading.Ok(due), out.get(0), "the value is of the sample asked for, not of the late one");
            assertEquals(0, panel.quarantinedCount());
        }
    }

    @Test
    void aGroupThatKeepsMissingIsAskedAtOnceThenAfterTenMillisecondsFourTimesAsLongEachTimeUpToAMinute() {
        var clock = new dev.adze.agent.sample.ManualClock(0);
        var asked = new AtomicInteger();
        var back = new AtomicInteger();
        // Every reading takes longer than the limit, by the clock that the panel goes by.
        var slow = new Fake("slow", () -> {
            asked.incrementAndGet();
            long giveUp = System.nanoTime() + PATIENT;
            while (back.get() < asked.get() && System.nanoTime() < giveUp) {
                Thread.onSpinWait();
            }
        });
        try (var panel = new SensorPanel(new SensorCatalog("this device", List.of(slow)).all(), clock)) {
            var out = new ReadingBuffer(2);
            Thread reader = Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals("sensor-slow")).findAny().orElseThrow();
            long[] pauses = {0, 0, 10, 40, 160, 640, 2_560, 10_240, 40_960, 60_000, 60_000};
            for (int miss = 1; miss <= pauses.length; miss++) {
                int before = miss - 1;
                long pause = pauses[before] * 1_000_000L;
                long giveUp = System.nanoTime() + PATIENT;
                while (asked.get() < before && System.nanoTime() < giveUp) {
                    Thread.onSpinWait(); // until the late reading has begun
                }
                back.set(before);
                while (reader.getState() != Thread.State.WAITING && System.nanoTime() < giveUp) {
                    Thread.onSpinWait(); // until it has come back
                }
                if (pause > 0) {
                    clock.advance(pause - 5_000_000);
                    panel.read(0, 1_000_000, out);
                    assertEquals(before, panel.timeouts(), "asked too early after miss " + before);
                    clock.advance(5_000_000);
                }
                panel.read(0, 1_000, out);
                assertEquals(miss, panel.timeouts(), "not asked after miss " + before);
                assertEquals(1, panel.quarantinedCount());
            }
            back.set(Integer.MAX_VALUE);
            assertInstanceOf(Reading.Missing.class, out.get(0));
        }
    }

    @Test
    void anIoErrorIsMissingAndNotAValue() throws Exception {
        // The kernel gives EIO for the first page of a process's memory, as a driver does for a chip that is ill.
        var tree = new FixtureTree(root).putHost(0);
        tree.put("sys/class/thermal/thermal_zone0/type", "ill\n");
        Files.createSymbolicLink(root.resolve("sys/class/thermal/thermal_zone0/temp"), Path.of("/proc/self/mem"));
        tree.put("sys/class/thermal/thermal_zone1/type", "well\n").put("sys/class/thermal/thermal_zone1/temp", "40000\n");
        var catalog = new SensorCatalog("this device", Board.discover(root, CLOCK::nanoTime));
        try (var panel = new SensorPanel(List.of(catalog.find("thermal.ill", ""), catalog.find("thermal.well", "")), CLOCK)) {
            var out = new ReadingBuffer(2);
            for (int i = 0; i < 3; i++) {
                panel.read(0, PATIENT, out);
                assertEquals(new Reading.Missing("the sensor's driver gives an error"), out.get(0));
                assertEquals(new Reading.Ok(40), out.get(1));
            }
        }
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aDriverThatThrowsLosesItsChannelsAndNothingElse() {
        try (var panel = all(new Fake("broken", () -> {
            throw new IllegalStateException("short circuit");
        }), new Fake("sound", () -> {}))) {
            var out = new ReadingBuffer(4);
            for (int i = 0; i < 3; i++) {
                panel.read(7, PATIENT, out);
                assertInstanceOf(Reading.Missing.class, out.get(0));
                assertEquals(new Reading.Ok(7), out.get(2));
            }
        }
    }
}
