package dev.adze.agent.sensor.sysfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.board.BoardState;
import dev.adze.agent.board.BoardState.Clock;
import dev.adze.agent.board.BoardState.Thermal;
import dev.adze.agent.board.BoardWatch;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.agent.sensor.FixtureTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ThrottleSensorsTest {
    @TempDir
    Path sys;

    private FixtureTree clock(int policy, long current, long allowed, long most) {
        String folder = "devices/system/cpu/cpufreq/policy" + policy + "/";
        return new FixtureTree(sys).put(folder + "scaling_cur_freq", current + "\n").put(folder + "scaling_max_freq", allowed + "\n")
                .put(folder + "cpuinfo_max_freq", most + "\n");
    }

    private FixtureTree zone(int number, String type, long temperature, Object... trips) {
        String folder = "class/thermal/thermal_zone" + number + "/";
        var tree = new FixtureTree(sys).put(folder + "type", type + "\n").put(folder + "temp", temperature + "\n");
        for (int i = 0; i < trips.length; i += 2) {
            tree.put(folder + "trip_point_" + i / 2 + "_type", trips[i] + "\n").put(folder + "trip_point_" + i / 2 + "_temp", trips[i + 1] + "\n");
        }
        return tree;
    }

    private static BoardState state(Clock clock, Thermal thermal) {
        return new BoardState(clock, thermal);
    }

    @Test
    void clockAndTemperatureAreHeldAgainstTheirOwnLimits() {
        clock(0, 600_000, 1_800_000, 1_800_000);
        clock(4, 1_710_000, 2_000_000, 1_800_000);
        zone(0, "cpu-therm", 60_000, "critical", 50_000, "passive", 95_000, "passive", 80_000, "passive", -256_000);
        zone(1, "pmic", 150_000, "critical", 120_000);
        try (var sensors = ThrottleSensors.open(sys, MonotonicClock.system())) {
            assertTrue(sensors.exist());
            assertEquals(state(Clock.FULL, Thermal.COOL), sensors.read(), "95 % of one clock is full speed, a critical point no passive one");
            clock(4, 1_709_999, 1_800_000, 1_800_000);
            zone(0, "cpu-therm", 79_999);
            assertEquals(state(Clock.REDUCED, Thermal.COOL), sensors.read());
            zone(0, "cpu-therm", 80_000);
            clock(0, 1_800_000, 1_800_000, 1_800_000);
            assertEquals(state(Clock.FULL, Thermal.PASSIVE), sensors.read(), "the lowest passive point counts");
            clock(4, 1_200_000, 1_200_000, 1_800_000);
            assertEquals(state(Clock.CAPPED, Thermal.PASSIVE), sensors.read(), "one that may not is enough, whatever others do");
            new FixtureTree(sys).put("class/thermal/thermal_zone0/temp", "-256000\n")
                    .put("devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "<unknown>\n");
            clock(4, 0, 1_800_000, 1_800_000).put("devices/system/cpu/cpufreq/policy4/scaling_cur_freq", "\n");
            assertEquals(BoardState.UNKNOWN, sensors.read(), "garbage is no coolness");
        }
    }

    @Test
    void aZoneThatHangsLeavesTheOthers() throws Exception {
        zone(0, "cpu-therm", 85_000, "passive", 80_000);
        zone(1, "soc-therm", 1, "passive", 80_000);
        Files.delete(sys.resolve("class/thermal/thermal_zone1/temp"));
        new FixtureTree(sys).putHanging("class/thermal/thermal_zone1/temp");
        clock(0, 1_000, 1_000, 1_000);
        try (var sensors = ThrottleSensors.open(sys, MonotonicClock.system())) {
            assertEquals(state(Clock.FULL, Thermal.PASSIVE), sensors.read());
            assertEquals(state(Clock.FULL, Thermal.PASSIVE), sensors.read());
        }
    }

    @Test
    void aBoardThatTellsNothingIsUnknown() {
        zone(0, "pmic", 20_000, "critical", 120_000);
        try (var sensors = ThrottleSensors.open(sys, MonotonicClock.system())) {
            assertFalse(sensors.exist());
            assertEquals(BoardState.UNKNOWN, sensors.read());
        }
    }

    @Test
    void theWatchTellsAtOnceAndAgain() throws Exception {
        clock(0, 500, 500, 1_000);
        var seen = new LinkedBlockingQueue<BoardState>();
        try (BoardWatch _ = BoardWatch.start(sys, MonotonicClock.system(), (state, nanos) -> seen.add(state))) {
            assertEquals(state(Clock.CAPPED, Thermal.UNKNOWN), seen.take());
            clock(0, 1_000, 1_000, 1_000);
            assertEquals(state(Clock.FULL, Thermal.UNKNOWN), seen.take());
        }
    }
}
