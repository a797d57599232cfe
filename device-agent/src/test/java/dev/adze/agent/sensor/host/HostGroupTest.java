package dev.adze.agent.sensor.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.FixtureTree;
import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostGroupTest {
    private static final long HALF_SECOND = 500_000_000;

    @TempDir
    Path folder;

    private long nanos = -5;

    private Reading at(HostGroup host, ReadingBuffer readings, String channel) {
        return readings.get(host.channels().stream().map(ChannelInfo::name).toList().indexOf(channel));
    }

    private void assertValue(double expected, HostGroup host, ReadingBuffer readings, String channel) {
        double value = assertInstanceOf(Reading.Ok.class, at(host, readings, channel), channel).value();
        assertEquals(expected, value, 1e-9, channel);
    }

    private ReadingBuffer twice(HostGroup host, FixtureTree tree) {
        var readings = new ReadingBuffer(host.channels().size());
        host.read(0, readings);
        tree.putHost(1);
        nanos += HALF_SECOND;
        host.read(0, readings);
        return readings;
    }

    @Test
    void figuresOfARecordedHostAreRight() {
        var tree = new FixtureTree(folder).putHost(0);
        try (var host = new HostGroup(folder, () -> nanos)) {
            ReadingBuffer readings = twice(host, tree);
            // 60 user + 20 system + 20 idle ticks; core 0: 50 busy of 50; core 1: 10 busy and 20 idle.
            assertValue(80, host, readings, "cpu.busy");
            assertValue(60, host, readings, "cpu.user");
            assertValue(20, host, readings, "cpu.system");
            assertValue(0, host, readings, "cpu.iowait");
            assertValue(0, host, readings, "cpu.irq");
            assertValue(0, host, readings, "cpu.steal");
            assertValue(100, host, readings, "cpu.core_max");
            assertValue(100.0 / 3, host, readings, "cpu.core_min");
            assertValue(3, host, readings, "sched.runnable");
            assertValue(1, host, readings, "sched.blocked");
            assertValue(2000, host, readings, "sched.context_switches");
            assertValue(8, host, readings, "sched.forks");
            assertValue(1000, host, readings, "sched.interrupts");
            assertValue(500, host, readings, "sched.softirqs");
            assertValue(1.25, host, readings, "sched.load1");
            assertValue(75, host, readings, "mem.available");
            assertValue(20, host, readings, "mem.cached");
            assertValue(100, host, readings, "mem.anon");
            assertValue(10, host, readings, "mem.slab");
            assertValue(2, host, readings, "mem.dirty");
            assertValue(10_000, host, readings, "mem.page_faults");
            assertValue(6, host, readings, "mem.major_faults");
            assertValue(25, host, readings, "pressure.cpu_some");
            assertValue(0, host, readings, "pressure.memory_some");
            assertValue(0, host, readings, "pressure.memory_full");
            assertValue(10, host, readings, "pressure.io_some");
            assertValue(100, host, readings, "pressure.io_full"); // 120 % by the counters
            assertValue(2, host, readings, "disk.read");
            assertValue(4, host, readings, "disk.write");
            assertValue(25, host, readings, "disk.busy");
            assertValue(100, host, readings, "net.rx");
            assertValue(2, host, readings, "net.tx");
        }
    }

    @Test
    void filesWithoutAWantedFigureAreNotRead() throws Exception {
        var tree = new FixtureTree(folder).putHost(0);
        try (var host = new HostGroup(folder, () -> nanos)) {
            var wanted = new BitSet();
            wanted.set(host.channels().stream().map(ChannelInfo::name).toList().indexOf("mem.slab"));
            host.want(wanted);
            ReadingBuffer readings = twice(host, tree);
            assertValue(10, host, readings, "mem.slab");
            assertValue(75, host, readings, "mem.available");
            for (String other : List.of("cpu.busy", "sched.load1", "pressure.io_full", "net.rx")) {
                assertEquals(new Reading.Missing("not read yet"), at(host, readings, other), other);
            }
        }
    }

    @Test
    void thereAre32ChannelsWithDifferentNames() {
        try (var host = new HostGroup(folder, () -> nanos)) {
            assertEquals(32, host.channels().stream().map(ChannelInfo::name).distinct().count());
            assertEquals(32, host.channels().size());
        }
    }

    @Test
    void theFirstReadingGivesNoRates() {
        new FixtureTree(folder).putHost(0);
        try (var host = new HostGroup(folder, () -> nanos)) {
            var readings = new ReadingBuffer(32);
            host.read(0, readings);
            for (String rate : List.of("cpu.busy", "cpu.core_max", "sched.forks", "mem.page_faults",
                    "pressure.io_full", "disk.busy", "net.tx")) {
                assertInstanceOf(Reading.Missing.class, at(host, readings, rate), rate);
            }
            assertValue(75, host, readings, "mem.available");
        }
    }

    @Test
    void whatIsNotThereIsMissingAndNeverZero() throws Exception {
        var tree = new FixtureTree(folder).putHost(0);
        for (String gone : List.of("cpu", "memory", "io")) {
            Files.delete(folder.resolve("proc/pressure/" + gone));
        }
        tree.put("proc/diskstats", "   7       0 loop0 5 0 1 0 0 0 1 0 0 1 0\n");
        try (var host = new HostGroup(folder, () -> nanos)) {
            var readings = new ReadingBuffer(32);
            host.read(0, readings);
            nanos += HALF_SECOND;
            host.read(0, readings);
            for (String absent : List.of("pressure.cpu_some", "pressure.memory_some", "pressure.memory_full",
                    "pressure.io_some", "pressure.io_full", "disk.read", "disk.write", "disk.busy")) {
                assertInstanceOf(Reading.Missing.class, at(host, readings, absent), absent);
            }
        }
        try (var nothing = new HostGroup(folder.resolve("nowhere"), () -> nanos)) {
            var readings = new ReadingBuffer(32);
            nothing.read(0, readings);
            for (int i = 0; i < 32; i++) {
                assertInstanceOf(Reading.Missing.class, readings.get(i), nothing.channels().get(i).name());
            }
        }
    }

    @Test
    void garbageAndCountersThatRunBackwardsAreNoValues() {
        var tree = new FixtureTree(folder).putHost(1);
        try (var host = new HostGroup(folder, () -> nanos)) {
            var readings = new ReadingBuffer(32);
            host.read(0, readings);
            tree.putHost(0);
            tree.put("proc/meminfo", "MemTotal: lots\nMemAvailable: \u0000\u0001 kB\nCached:\nSlab: 99999999999999999999999 kB\n");
            tree.put("proc/loadavg", "\n");
            nanos += HALF_SECOND;
            host.read(0, readings);
            for (String bad : List.of("sched.context_switches", "mem.page_faults", "pressure.cpu_some", "mem.available",
                    "mem.slab", "sched.load1")) {
                assertInstanceOf(Reading.Invalid.class, at(host, readings, bad), bad);
            }
            tree.put("proc/stat", "cpu x y z\ncpu99999999 1 2\ncpu" + "9".repeat(40) + "\nintr\nctxt -5\n");
            tree.put("proc/diskstats", "a\n\n7 0\n254 0 vda\n");
            tree.put("proc/net/dev", "x");
            tree.put("proc/vmstat", "pgfault\n".repeat(100_000));
            nanos += HALF_SECOND;
            host.read(0, readings);
            assertTrue(!readings.isOk(0) && !readings.isOk(10), "cpu.busy and context switches out of garbage");
        }
    }

    @Test
    void aHostWithoutHardwarePortsCountsAllButTheLoopback() throws Exception {
        var tree = new FixtureTree(folder).putHost(0);
        Files.delete(folder.resolve("sys/class/net/eth0/device/vendor"));
        Files.delete(folder.resolve("sys/class/net/eth0/device"));
        try (var host = new HostGroup(folder, () -> nanos)) {
            var readings = new ReadingBuffer(32);
            host.read(0, readings);
            tree.put("proc/net/dev", Files.readString(folder.resolve("proc/net/dev")).replace("eth0: 5000", "eth0: 56200")
                    .replace("lo: 0", "lo: 777777"));
            nanos += HALF_SECOND;
            host.read(0, readings);
            assertValue(100, host, readings, "net.rx");
        }
    }

    @Test
    void thisVeryHostGivesBelievableFigures() {
        try (var host = new HostGroup(Path.of("/"), System::nanoTime)) {
            var readings = new ReadingBuffer(32);
            host.read(0, readings);
            long until = System.nanoTime() + 60_000_000;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            host.read(0, readings);
            for (int i = 0; i < 32; i++) {
                ChannelInfo channel = host.channels().get(i);
                if (readings.isOk(i)) {
                    double v = readings.value(i);
                    assertTrue(v >= 0 && (!channel.unit().equals("%") || v <= 100), channel + " is " + v);
                }
            }
            for (String always : List.of("cpu.busy", "sched.runnable", "sched.context_switches", "mem.available",
                    "mem.anon", "mem.page_faults")) {
                assertInstanceOf(Reading.Ok.class, at(host, readings, always), always);
            }
        }
    }

    @Test
    void readingAllocatesNothingOnceWarm() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (var host = new HostGroup(Path.of("/"), System::nanoTime)) {
            var readings = new ReadingBuffer(32);
            for (int i = 0; i < 200; i++) {
                host.read(0, readings);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                host.read(0, readings);
            }
            long perReading = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
            assertTrue(perReading < 64, perReading + " bytes allocated a reading");
        }
    }
}
