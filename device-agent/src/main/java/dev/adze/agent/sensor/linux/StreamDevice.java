package dev.adze.agent.sensor.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A device file that gives bytes when it has some; reading never waits. For one thread. */
public final class StreamDevice implements AutoCloseable {
    private static final int BYTES = 1 << 16;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BYTES, 8);
    private boolean open = true;

    public StreamDevice(String path) throws DeviceError {
        try {
            fd = Libc.openReadOnly(path);
        } catch (DeviceError e) {
            arena.close();
            throw e;
        }
    }

    /** @return how many bytes came; 0 if there are none now */
    public int read(byte[] into, int length) throws DeviceError {
        try {
            int count = Libc.read(fd, buffer.asSlice(0, Math.min(length, BYTES)));
            MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, count);
            return count;
        } catch (DeviceError e) {
            if (e.errno() == DeviceError.EAGAIN) {
                return 0;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            Libc.close(fd);
            arena.close();
        }
    }
}
