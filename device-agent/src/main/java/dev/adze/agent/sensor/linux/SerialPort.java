package dev.adze.agent.sensor.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.adze.profiles.SensorDevice.Link;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A UART or a USB serial adapter: raw bytes, eight bits each, no flow control. For one thread, but that {@link #close}
 * may come from another. The termios layout and its constants are those of glibc and musl on x86-64 and AArch64.
 */
public final class SerialPort implements AutoCloseable {
    private static final int TERMIOS_BYTES = 60;
    private static final int INPUT_FLAGS = 0;
    private static final int OUTPUT_FLAGS = 4;
    private static final int CONTROL_FLAGS = 8;
    private static final int LOCAL_FLAGS = 12;
    private static final int CONTROL_CHARACTERS = 17;
    private static final int VTIME = 5;
    private static final int VMIN = 6;
    private static final int CS8 = 0x30;
    private static final int CSTOPB = 0x40;
    private static final int CREAD = 0x80;
    private static final int PARENB = 0x100;
    private static final int PARODD = 0x200;
    private static final int CLOCAL = 0x800;
    private static final int INPCK = 0x10;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(4096);
    private boolean open = true;

    public SerialPort(Link.Serial link) throws IOException {
        int opened = Libc.openTerminal(link.device());
        try (Arena local = Arena.ofConfined()) {
            MemorySegment termios = local.allocate(TERMIOS_BYTES, 4);
            Libc.terminalAttributes(opened, termios);
            int parity = switch (link.parity()) {
                case NONE -> 0;
                case EVEN -> PARENB;
                case ODD -> PARENB | PARODD;
            };
            termios.set(JAVA_INT, INPUT_FLAGS, parity == 0 ? 0 : INPCK);
            termios.set(JAVA_INT, OUTPUT_FLAGS, 0);
            termios.set(JAVA_INT, CONTROL_FLAGS, CS8 | CREAD | CLOCAL | parity | (link.stopBits() == 2 ? CSTOPB : 0));
            termios.set(JAVA_INT, LOCAL_FLAGS, 0);
            termios.set(JAVA_BYTE, CONTROL_CHARACTERS + VTIME, (byte) 0);
            termios.set(JAVA_BYTE, CONTROL_CHARACTERS + VMIN, (byte) 0);
            Libc.setSpeed(termios, code(link.baud()));
            Libc.setTerminalAttributes(opened, termios);
        } catch (IOException | RuntimeException e) {
            Libc.close(opened);
            arena.close();
            throw e;
        }
        fd = opened;
    }

    private static int code(int baud) {
        return switch (baud) {
            case 1200 -> 9;
            case 2400 -> 11;
            case 4800 -> 12;
            case 9600 -> 13;
            case 19200 -> 14;
            case 38400 -> 15;
            case 57600 -> 0x1001;
            case 115200 -> 0x1002;
            case 230400 -> 0x1003;
            case 460800 -> 0x1004;
            case 921600 -> 0x1007;
            default -> throw new IllegalArgumentException(baud + " baud");
        };
    }

    /**
     * Reads what is there, waiting for a first byte no longer than this.
     *
     * @return how many bytes; 0 if none came
     * @throws IOException also when the port is closed or gone
     */
    public synchronized int read(byte[] into, int offset, int length, int waitMillis) throws IOException {
        requireOpen();
        if (!Libc.readable(fd, waitMillis)) {
            return 0;
        }
        MemorySegment part = buffer.asSlice(0, Math.min(length, buffer.byteSize()));
        int count = Libc.read(fd, part);
        if (count == 0) {
            throw new IOException("the serial line is gone");
        }
        MemorySegment.copy(part, JAVA_BYTE, 0, into, offset, count);
        return count;
    }

    public synchronized void write(byte[] from, int length) throws IOException {
        requireOpen();
        for (int at = 0; at < length;) {
            MemorySegment part = buffer.asSlice(0, Math.min(length - at, buffer.byteSize()));
            MemorySegment.copy(from, at, part, JAVA_BYTE, 0, (int) part.byteSize());
            at += Libc.write(fd, part);
        }
    }

    private void requireOpen() throws IOException {
        if (!open) {
            throw new IOException("the serial port is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            Libc.close(fd);
            arena.close();
        }
    }
}
