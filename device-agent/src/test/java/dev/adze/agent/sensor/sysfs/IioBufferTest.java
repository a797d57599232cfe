package dev.adze.agent.sensor.sysfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.adze.agent.sensor.FixtureTree;
import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.ProfileReader;
import dev.adze.profiles.SensorDevice;
import dev.adze.profiles.SensorDevice.Link;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tree of files in place of the kernel's, and a FIFO in place of its device. */
@Timeout(60)
class IioBufferTest {
    private static final String DEVICE = "sys/bus/iio/devices/iio:device3/";

    @TempDir
    Path root;
    private FixtureTree tree;
    private final AtomicLong clock = new AtomicLong();

    @BeforeEach
    void device() throws Exception {
        tree = new FixtureTree(root);
        tree.put(DEVICE + "name", "imu\n").put(DEVICE + "buffer/enable", "0\n").put(DEVICE + "buffer/length", "2\n")
                .put(DEVICE + "trigger/current_trigger", "\n").put(DEVICE + "in_accel_scale", "0.5\n").put(DEVICE + "in_temp_offset", "100\n")
                .put(DEVICE + "in_temp_scale", "10\n").put("sys/bus/iio/devices/trigger0/name", "imu-dev3\n");
        element("accel_x", 0, "be:s12/16>>4");
        element("accel_y", 1, "be:s12/16>>4");
        element("temp", 3, "le:u24/32>>8");
        element("timestamp", 4, "le:s64/64>>0");
        tree.putHanging("dev/iio:device3");
    }

    private void element(String channel, int index, String type) {
        tree.put(DEVICE + "scan_elements/in_" + channel + "_en", "1\n").put(DEVICE + "scan_elements/in_" + channel + "_index", index + "\n")
                .put(DEVICE + "scan_elements/in_" + channel + "_type", type + "\n");
    }

    private IioBufferGroup group(String keys) {
        String yaml = "adze-profile: 1\nname: bench\ndevice: {board: bench}\nsensors:\n  rate-hz: 1\n  devices:\n    imu: {driver: iio-buffer, "
                + keys + "}\n";
        SensorDevice device = ProfileReader.parse("p.yaml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("")).sensors().devices().getFirst();
        return new IioBufferGroup(root, device, (Link.Iio) device.link(), clock::get);
    }

    private String file(String name) throws Exception {
        return Files.readString(root.resolve(DEVICE + name)).strip();
    }

    @ParameterizedTest
    @CsvSource({
        "le:s12/16>>4, 3080, -2045", "le:s12/16>>4, f07f, 2047", "be:s12/16>>4, 8030, -2045", "le:u12/16>>4, 3080, 2051",
        "be:u24/32>>8, 01020304, 66051", "le:s24/32>>0, ffffff7f, -1", "le:s16/16>>0, 0080, -32768", "be:u10/16>>2, 0fff, 1023",
        "le:u8/8>>0, ff, 255", "be:s8/8X3>>0, 80ffff, -128", "le:s64/64>>0, ffffffffffffffff, -1", "le:u32/32>>0, ffffffff, 4294967295"})
    void numbersAreUnpackedAsTheKernelDescribesThem(String format, String hex, long expected) {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex);
        ScanFormat scan = ScanFormat.of(format);
        assertEquals(bytes.length, scan.bytes());
        assertEquals(expected, scan.read(ByteBuffer.wrap(bytes), 0));
    }

    @ParameterizedTest
    @CsvSource({"le:s12/16", "xe:s12/16>>4", "le:s13/16>>4", "le:s0/16>>0", "le:f32/32>>0", "le:s12/12>>0", "''"})
    void otherFormatsAreRefused(String format) {
        assertThrows(IllegalArgumentException.class, () -> ScanFormat.of(format));
    }

    /** accel_x at 0, temp (a multiple of 4) at 4, timestamp (of 8) at 8: 16 bytes. */
    private static byte[] scan(int accel, int temp, long nanos) {
        return ByteBuffer.allocate(16).order(ByteOrder.BIG_ENDIAN).putShort((short) (accel << 4)).position(4).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(temp << 8).putLong(nanos).array();
    }

    @Test
    void aReadingMakesOneValueOfAllScansSinceTheOneBefore() throws Exception {
        try (var device = new RandomAccessFile(root.resolve("dev/iio:device3").toFile(), "rw")) {
            var group = group("""
                    device: imu, trigger: imu-dev3, length: 64, stale-s: 1, inputs: [{name: mean, from: accel_x, type: mean},
                     {name: rms, from: accel_x, type: rms}, {name: least, from: accel_x, type: least}, {name: most, from: accel_x, type: most},
                     {name: last, from: accel_x}, {name: t, unit: degC, from: temp}, {name: gap, from: timestamp, type: most}]""");
            var out = new ReadingBuffer(7);
            group.read(0, out);
            assertEquals(new Reading.Missing("no scan yet"), out.get(0));
            assertEquals("0 1 1 0 1", file("scan_elements/in_accel_y_en") + " " + file("scan_elements/in_accel_x_en") + " "
                    + file("scan_elements/in_timestamp_en") + " " + file("scan_elements/in_accel_y_en") + " " + file("buffer/enable"));
            assertEquals("imu-dev3 64", file("trigger/current_trigger") + " " + file("buffer/length"));
            device.write(scan(-8, 1400, 1_000_000_000));
            device.write(scan(4, 1500, 1_002_000_000));
            device.write(scan(10, 1900, 1_007_000_000));
            group.read(0, out);
            // accel: -4, 2, 5 m/s^2; temp: (raw + 100) * 10 millidegrees.
            assertEquals(1, out.value(0), 1e-12);
            assertEquals(Math.sqrt(45 / 3.0), out.value(1), 1e-12);
            assertEquals(-4, out.value(2));
            assertEquals(5, out.value(3));
            assertEquals(5, out.value(4));
            assertEquals(20, out.value(5), 1e-12);
            assertEquals(0.005, out.value(6), 1e-12);
            device.write(scan(2, 1900, 1_017_000_000));
            group.read(0, out);
            assertEquals(1, out.value(0));
            assertEquals(0.010, out.value(6), 1e-12);
            clock.addAndGet(1_000_000_000);
            group.read(0, out);
            assertEquals(new Reading.Ok(1), out.get(3), "holds until it is too old");
            clock.addAndGet(1);
            group.read(0, out);
            assertEquals(new Reading.Missing("no scan for too long"), out.get(3));
            group.close();
            assertEquals("0", file("buffer/enable"));
        }
    }

    @Test
    void whatIsNotThereIsMissingWithTheReason() {
        var out = new ReadingBuffer(1);
        group("device: gyro, inputs: [{name: a, from: accel_x}]").read(0, out);
        assertEquals(new Reading.Missing("no industrial I/O device is called gyro; there is imu"), out.get(0));
        group("device: imu, trigger: hrtimer, inputs: [{name: a, from: accel_x}]").read(0, out);
        assertEquals(new Reading.Missing("no trigger is called hrtimer; there is imu-dev3"), out.get(0));
        group("device: imu, inputs: [{name: a, from: accel_z}]").read(0, out);
        assertEquals(new Reading.Missing("the device has no channel accel_z to scan; there are temp, accel_x, accel_y, timestamp"), out.get(0));
        tree.put(DEVICE + "scan_elements/in_temp_type", "le:q1/2>>0\n");
        group("device: imu, inputs: [{name: a, from: temp}]").read(0, out);
        assertEquals(new Reading.Missing("the driver's format of temp is unknown: le:q1/2>>0"), out.get(0));
    }
}
