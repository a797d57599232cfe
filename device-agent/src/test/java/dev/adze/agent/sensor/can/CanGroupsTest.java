package dev.adze.agent.sensor.can;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.device.ProfileDevices;
import dev.adze.agent.sensor.talk.TalkerSource;
import dev.adze.profiles.ProfileReader;
import dev.adze.profiles.SensorDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class CanGroupsTest {
    private static final int EXTENDED = 0x8000_0000;
    private static final int REMOTE_REQUEST = 0x4000_0000;

    private static SensorDevice device(String inputs) {
        String yaml = "adze-profile: 1\nname: bench\ndevice: {board: bench}\nsensors:\n  rate-hz: 1\n  devices:\n    car: "
                + "{driver: can, interface: nocan0, stale-s: 2, inputs: [" + inputs + "]}\n";
        return ProfileReader.parse("p.yaml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("")).sensors().devices().getFirst();
    }

    private static byte[] frame(int identifier, String hex) {
        byte[] data = HexFormat.of().parseHex(hex);
        return ByteBuffer.allocate(data.length > 8 ? 72 : 16).order(ByteOrder.nativeOrder()).putInt(identifier)
                .put((byte) data.length).position(8).put(data).array();
    }

    /** A bus whose frames the test puts on it. */
    private static final class Bus {
        final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();

        TalkerSource open() {
            return new TalkerSource() {
                @Override
                public int read(byte[] into) throws IOException {
                    try {
                        byte[] frame = frames.poll(10, TimeUnit.MILLISECONDS);
                        if (frame == null) {
                            return 0;
                        }
                        System.arraycopy(frame, 0, into, 0, frame.length);
                        return frame.length;
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }

                @Override
                public void close() {}
            };
        }
    }

    private static ReadingBuffer until(SensorGroup group, Predicate<ReadingBuffer> wanted) {
        var out = new ReadingBuffer(group.channels().size());
        long giveUp = System.nanoTime() + 20_000_000_000L;
        do {
            group.read(0, out);
            Thread.onSpinWait();
        } while (!wanted.test(out) && System.nanoTime() < giveUp);
        return out;
    }

    /** Values of the package cantools 45.1 for Python, which reads DBC files. */
    @ParameterizedTest
    @CsvSource({
        "0123456789abcdef, 8|16@1+, '', 17699", "fedcba9876543210, 8|16@1+, '', 47836",
        "0123456789abcdef, 7|16@0+, '', 291", "fedcba9876543210, 7|16@0+, '', 65244",
        "0123456789abcdef, 3|12@0-, '', 291", "fedcba9876543210, 3|12@0-, '', -292",
        "0123456789abcdef, 19|11@1-, '', -792", "fedcba9876543210, 19|11@1-, '', 791",
        "0123456789abcdef, 0|64@1-, '', -1167088121787636991", "0123456789abcdef, 0|64@1+, '', 17279655951921914625",
        "fedcba9876543210, 7|64@0+, '', 18364758544493064720", "0123456789abcdef, 63|1@1+, '', 1",
        "fedcba9876543210, 63|1@1+, '', 0", "0123456789abcdef, 12|5@0-, '', 3", "fedcba9876543210, 12|5@0-, '', -4",
        "0123456789abcdef, 10|21@0+, '', 857502", "fedcba9876543210, 10|21@0+, '', 1239649",
        "0123456789abcdef, 5|30@1-, '', 188360984", "fedcba9876543210, 5|30@1-, '', -188360985",
        "0123456789abcdef, 32|32@1-, f32, -1.2730360058547599e+29", "fedcba9876543210, 39|32@0-, f32, 1.0759592989650061e+33",
        "0123456789abcdef, 7|64@0-, f64, 3.512700564088504e-303"})
    void numbersAreThoseOfAnotherDecoder(String data, String signal, String type, double expected) {
        var decoder = new CanSignal("0x1A0:" + signal, type);
        assertEquals(expected, decoder.decode(HexFormat.of().parseHex(data), 0));
    }

    @Test
    void framesBecomeChannelsByIdentifierAndGrowStale() {
        var clock = new AtomicLong();
        var bus = new Bus();
        SensorGroup group = CanGroups.of(device("""
                {name: speed, unit: km/h, from: '0x1A0:8|16@1+', scale: 0.01}, {name: wide, from: '0x000001A0:0|8@1-'},
                {name: far, from: '0x2B0:120|8@1+', lie: 255}, {name: never, from: '0x3C0:0|1@1+'}"""), bus::open, clock::get);
        bus.frames.add(frame(0x1A0, "0010270000000000"));
        bus.frames.add(frame(0x1A0 | REMOTE_REQUEST, "00ffff0000000000"));
        bus.frames.add(frame(0x1A0 | EXTENDED, "fb"));
        bus.frames.add(frame(0x2B0, "00".repeat(15) + "2a" + "00".repeat(48)));
        ReadingBuffer out = until(group, o -> o.isOk(2));
        assertEquals("car.speed[km/h]", group.channels().getFirst().header());
        assertEquals(new Reading.Ok(100), out.get(0));
        assertEquals(new Reading.Ok(-5), out.get(1));
        assertEquals(new Reading.Ok(42), out.get(2));
        assertEquals(new Reading.Missing("no frame yet"), out.get(3));
        bus.frames.add(frame(0x2B0, "00".repeat(15) + "ff" + "00".repeat(48)));
        assertTrue(until(group, o -> o.isInvalid(2)).isInvalid(2));
        bus.frames.add(frame(0x1A0, "0011"));
        assertEquals(new Reading.Invalid("the frame is too short for it"), until(group, o -> o.isInvalid(0)).get(0));
        clock.addAndGet(2_000_000_001L);
        group.read(0, out);
        assertEquals(new Reading.Missing("no frame about it for 2 s"), out.get(1));
        group.close();
    }

    @Test
    void aBusThatIsNotThereIsMissingWithTheReason() {
        SensorGroup group = ProfileDevices.groups(java.util.List.of(device("{name: a, from: '0x1:0|8@1+'}")), System::nanoTime).getFirst();
        String reason = until(group, o -> !o.get(0).obstacle().equals("no frame yet")).get(0).obstacle();
        assertEquals("there is no network interface nocan0", reason);
        group.close();
    }
}
