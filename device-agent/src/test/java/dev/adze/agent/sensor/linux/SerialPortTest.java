package dev.adze.agent.sensor.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.agent.sensor.Reading;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.sensor.SensorGroup;
import dev.adze.agent.sensor.device.ProfileDevices;
import dev.adze.profiles.ProfileReader;
import dev.adze.profiles.SensorDevice.Link;
import dev.adze.profiles.SensorDevice.Parity;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a pseudo-terminal of the kernel: one end is the port, the test sits at the other. */
@Timeout(60)
class SerialPortTest {
    private static final long UNLOCK = 0x40045431L;
    private static final long NUMBER = 0x80045430L;

    private int other = -1;
    private String device;

    @BeforeEach
    void openBothEnds() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/ptmx")), "no pseudo-terminals here");
        other = Libc.open("/dev/ptmx");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(JAVA_INT);
            Libc.ioctl(other, UNLOCK, number);
            Libc.ioctl(other, NUMBER, number);
            device = "/dev/pts/" + number.get(JAVA_INT, 0);
        }
    }

    @AfterEach
    void closeOtherEnd() {
        if (other >= 0) {
            Libc.close(other);
        }
    }

    private void send(byte[] bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, m, JAVA_BYTE, 0, bytes.length);
            Libc.write(other, m);
        }
    }

    private byte[] receive(int count) throws IOException {
        byte[] all = new byte[count];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(count);
            for (int at = 0; at < count;) {
                int n = Libc.read(other, m.asSlice(at));
                MemorySegment.copy(m, JAVA_BYTE, at, all, at, n);
                at += n;
            }
        }
        return all;
    }

    @Test
    void everyByteGoesThroughAsItIs() throws IOException {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        try (var port = new SerialPort(new Link.Serial(device, 115200, Parity.EVEN, 2))) {
            assertEquals(0, port.read(new byte[10], 0, 10, 0), "nothing there");
            send(all);
            byte[] in = new byte[256];
            for (int at = 0; at < 256;) {
                at += port.read(in, at, 256 - at, 10_000);
            }
            assertArrayEquals(all, in);
            port.write(all, all.length);
            assertArrayEquals(all, receive(256));
        }
    }

    @Test
    void aLineThatIsHungUpOrAbsentIsAnError() throws IOException {
        try (var port = new SerialPort(new Link.Serial(device, 9600, Parity.NONE, 1))) {
            Libc.close(other);
            other = -1;
            assertThrows(IOException.class, () -> port.read(new byte[10], 0, 10, 1000));
        }
        var e = assertThrows(DeviceError.class, () -> new SerialPort(new Link.Serial("/dev/no-such-tty", 9600, Parity.NONE, 1)));
        assertEquals("the device file is not there", e.reason());
        e = assertThrows(DeviceError.class, () -> new SerialPort(new Link.Serial("/dev/null", 9600, Parity.NONE, 1)), "no terminal");
        assertEquals("the file is no device of this kind", e.reason());
    }

    private SensorGroup group(String driver) {
        String yaml = "adze-profile: 1\nname: bench\ndevice: {board: bench}\nsensors:\n  rate-hz: 1\n  devices:\n    dev: {serial: "
                + device + ", " + driver + "}\n";
        return ProfileDevices.groups(ProfileReader.parse("p.yaml", yaml.getBytes(StandardCharsets.UTF_8), Path.of(""))
                .sensors().devices(), System::nanoTime).getFirst();
    }

    @Test
    void linesComeOverASerialLine() throws IOException {
        var group = group("driver: serial-lines, baud: 115200, inputs: [{name: t, from: t}]");
        var out = new ReadingBuffer(1);
        long giveUp = System.nanoTime() + 20_000_000_000L;
        while (!out.isOk(0) && System.nanoTime() < giveUp) {
            group.read(0, out);
            if ("no line yet".equals(out.get(0).obstacle())) {
                send("t: 21.5\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
        assertEquals(new Reading.Ok(21.5), out.get(0));
        group.close();
    }

    @Test
    void modbusAsksAndUnderstandsAsTheSpecificationSays() throws Exception {
        // Modbus over Serial Line 1.02, appendix B: the checksum of 02 07 is 41 12; function 3 after section 6.3 of the
        // application protocol 1.1b3, whose example reads registers 107 to 109: 022B 0000 0064.
        var group = group("driver: modbus-rtu, unit-id: 17, inputs: [{name: x, from: 'holding:107'}, {name: y, from: 'input:8', type: s32}]");
        var requests = new byte[2][];
        var device = Thread.ofPlatform().start(() -> {
            try {
                requests[0] = receive(8);
                send(withChecksum("1103020" + "22b"));
                requests[1] = receive(8);
                send(withChecksum("110404fffffff6"));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        var out = new ReadingBuffer(2);
        group.read(0, out);
        device.join();
        assertArrayEquals(withChecksum("1103006b0001"), requests[0]);
        assertArrayEquals(withChecksum("110400080002"), requests[1]);
        assertEquals(new Reading.Ok(555), out.get(0));
        assertEquals(new Reading.Ok(-10), out.get(1));
        group.close();
    }

    /** CRC-16 of the specification, low byte first. */
    private static byte[] withChecksum(String hex) {
        byte[] frame = HexFormat.of().parseHex(hex);
        int crc = 0xffff;
        for (byte b : frame) {
            crc ^= b & 0xff;
            for (int i = 0; i < 8; i++) {
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xa001 : crc >> 1;
            }
        }
        byte[] whole = Arrays.copyOf(frame, frame.length + 2);
        whole[frame.length] = (byte) crc;
        whole[frame.length + 1] = (byte) (crc >> 8);
        return whole;
    }

    @Test
    void theChecksumOfTheTestIsTheSpecifications() {
        assertArrayEquals(new byte[] {2, 7, 0x41, 0x12}, withChecksum("0207"));
    }
}
