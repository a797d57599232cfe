package dev.adze.agent.sensor.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A raw SocketCAN socket (Documentation/networking/can.rst) that hears the data frames of some identifiers, classic and
 * FD. The kernel filters, so that a busy bus wakes nobody for frames that are not wanted. For one thread, but that
 * {@link #close} may come from another.
 */
public final class CanSocket implements AutoCloseable {
    private static final int AF_CAN = 29;
    private static final int CAN_RAW = 1;
    private static final int SOL_CAN_RAW = 101;
    private static final int FILTER = 1;
    private static final int FD_FRAMES = 5;
    private static final int ADDRESS_BYTES = 24;
    private static final int FRAME_BYTES = 72;
    private static final int EXTENDED = 0x8000_0000;
    private static final int REMOTE_REQUEST = 0x4000_0000;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment frame = arena.allocate(FRAME_BYTES, 8);
    private boolean open = true;

    /** @param identifiers with bit 31 set for those of 29 bits */
    public CanSocket(String netInterface, int[] identifiers) throws IOException {
        int index = index(netInterface);
        int opened = Libc.rawSocket(AF_CAN, CAN_RAW);
        try (Arena local = Arena.ofConfined()) {
            MemorySegment filters = local.allocate(8L * identifiers.length, 4);
            for (int i = 0; i < identifiers.length; i++) {
                filters.set(JAVA_INT, 8L * i, identifiers[i]);
                // Every bit of the identifier, its kind, and no requests for one.
                filters.set(JAVA_INT, 8L * i + 4, EXTENDED | REMOTE_REQUEST | 0x1fff_ffff);
            }
            Libc.setSocketOption(opened, SOL_CAN_RAW, FILTER, filters);
            MemorySegment on = local.allocate(JAVA_INT);
            on.set(JAVA_INT, 0, 1);
            Libc.setSocketOption(opened, SOL_CAN_RAW, FD_FRAMES, on);
            MemorySegment address = local.allocate(ADDRESS_BYTES, 8);
            address.set(JAVA_SHORT, 0, (short) AF_CAN);
            address.set(JAVA_INT, 4, index);
            Libc.bindSocket(opened, address);
        } catch (IOException | RuntimeException e) {
            Libc.close(opened);
            arena.close();
            throw e;
        }
        fd = opened;
    }

    private static int index(String netInterface) throws IOException {
        try {
            return Libc.interfaceIndex(netInterface);
        } catch (DeviceError e) {
            throw e.errno() == DeviceError.ENODEV ? new IOException("there is no network interface " + netInterface, e) : e;
        }
    }

    /**
     * Waits for one frame, no longer than this.
     *
     * @return its bytes, 16 or 72; 0 if none came
     */
    public synchronized int read(byte[] into, int waitMillis) throws IOException {
        if (!open) {
            throw new IOException("the CAN socket is closed");
        }
        if (!Libc.readable(fd, waitMillis)) {
            return 0;
        }
        int count = Libc.read(fd, frame);
        MemorySegment.copy(frame, JAVA_BYTE, 0, into, 0, count);
        return count;
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
