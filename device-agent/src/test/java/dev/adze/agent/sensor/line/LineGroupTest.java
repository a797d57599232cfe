package dev.adze.agent.sensor.line;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.device.ProfileDevices;
import dev.adze.profiles.ProfileReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LineGroupTest {
    private static final long PATIENT = 20_000_000_000L;

    private static SensorGroup group(String device, AtomicLong clock) {
        String yaml = "adze-profile: 1\nname: bench\ndevice: {board: bench}\nsensors:\n  rate-hz: 1\n  devices:\n    dev: " + device + "\n";
        return ProfileDevices.groups(ProfileReader.parse("p.yaml", yaml.getBytes(StandardCharsets.UTF_8), Path.of(""))
                .sensors().devices(), clock::get).getFirst();
    }

    /** Reads until what came is as wanted. */
    private static ReadingBuffer until(SensorGroup group, Predicate<ReadingBuffer> wanted) {
        var out = new ReadingBuffer(group.channels().size());
        long giveUp = System.nanoTime() + PATIENT;
        do {
            group.read(0, out);
            Thread.onSpinWait();
        } while (!wanted.test(out) && System.nanoTime() < giveUp);
        return out;
    }

    @Test
    void aProgramsColumnsAndWordsBecomeChannelsAndGrowStale() {
        var clock = new AtomicLong();
        var group = group("""
                {driver: process, stale-s: 3, command: [sh, -c, "echo start; echo '12 -0.5;7e2,x temp=23.5C'; exec sleep 600"], inputs: [
                 {name: a, from: 1}, {name: b, from: 2, scale: 2, offset: 1}, {name: c, from: 3}, {name: d, from: 4},
                 {name: t, from: temp, unit: degC}, {name: none, from: hum}]}""", clock);
        var out = until(group, o -> o.isOk(4));
        assertEquals(new Reading.Ok(12), out.get(0));
        assertEquals(new Reading.Ok(0), out.get(1));
        assertEquals(new Reading.Ok(700), out.get(2));
        assertInstanceOf(Reading.Invalid.class, out.get(3));
        assertEquals(new Reading.Ok(23.5), out.get(4));
        assertEquals(new Reading.Missing("no line yet"), out.get(5));
        clock.addAndGet(3_000_000_000L);
        group.read(0, out);
        assertTrue(out.isOk(4));
        clock.addAndGet(1);
        group.read(0, out);
        assertEquals(new Reading.Missing("no line about it for 3 s"), out.get(4));
        group.close();
    }

    @Test
    void aProgramThatEndsIsMissingWithTheReasonAndBegunAgain() {
        var clock = new AtomicLong();
        var group = group("{driver: process, command: [sh, -c, 'echo $$'], inputs: [{name: pid, from: 1}]}", clock);
        double first = until(group, o -> o.isOk(0)).value(0);
        double second = until(group, o -> o.isOk(0) && o.value(0) != first).value(0);
        assertTrue(second > 0 && second != first, "begun again");
        clock.addAndGet(11_000_000_000L);
        until(group, o -> "the program has ended".equals(o.get(0).obstacle()));
        group.close();
        var missing = group("{driver: process, command: [/no/such/program], inputs: [{name: x, from: 1}]}", clock);
        var out = until(missing, o -> "the program cannot be started".equals(o.get(0).obstacle()));
        assertEquals(new Reading.Missing("the program cannot be started"), out.get(0));
        missing.close();
    }

    @Test
    void endlessLinesAndBinaryCostNothingButThemselves() {
        var group = group("{driver: process, command: [sh, -c, \"head -c 100000 /dev/zero | tr '\\\\000' 1; echo; head -c 5000 /dev/urandom; echo; echo 42\"],"
                + " inputs: [{name: x, from: 1}]}", new AtomicLong());
        assertEquals(new Reading.Ok(42), until(group, o -> o.isOk(0) && o.value(0) == 42).get(0));
        group.close();
    }

    private static ReadingBuffer parse(LineParser parser, String... lines) {
        var out = new ReadingBuffer(parser.channels().size());
        for (String line : lines) {
            parser.parse(line, out, i -> {});
        }
        return out;
    }

    @Test
    void nmeaGivesPositionSpeedAndCourse() {
        // The sentences that receivers' manuals show.
        var out = parse(new NmeaLines(), "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47",
                "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A");
        assertEquals(48 + 7.038 / 60, out.value(0), 1e-12);
        assertEquals(11 + 31.0 / 60, out.value(1), 1e-12);
        assertEquals(545.4, out.value(2));
        assertEquals(22.4 * 1852 / 3600, out.value(3), 1e-12);
        assertEquals(84.4, out.value(4));
        assertEquals(8, out.value(5));
        assertEquals(0.9, out.value(6));
    }

    @Test
    void nmeaWithoutChecksumOrFixGivesNoPosition() {
        var wrong = parse(new NmeaLines(), "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*48", "$GPGGA", "*47", "$*00", "");
        assertEquals("not read yet", wrong.get(0).obstacle());
        var lost = parse(new NmeaLines(), "$GPRMC,123519,V,,,,,,,230394,,*33", "$GNGGA,123519,,,,,0,00,99.9,,M,,M,,*62");
        for (int i : List.of(0, 1, 2)) {
            assertEquals(new Reading.Missing("the receiver has no fix"), lost.get(i), "channel " + i);
        }
        assertEquals(new Reading.Ok(0), lost.get(5));
    }
}
