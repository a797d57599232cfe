package dev.adze.agent.sensor.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** Version 2 of the kernel's GPIO character device (linux/gpio.h, since Linux 5.10): requests of single lines. */
final class GpioChip {
    static final long INPUT = 1 << 2;
    static final long OUTPUT = 1 << 3;
    static final long EDGES = 1 << 4 | 1 << 5;
    static final long PULL_UP = 1 << 8;
    static final long PULL_DOWN = 1 << 9;
    static final int EVENT_BYTES = 48;
    private static final long CHIP_INFO = 0x8044B401L;
    private static final long LINE_INFO = 0xC100B405L;
    private static final long LINE_REQUEST = 0xC250B407L;
    private static final long GET_VALUES = 0xC010B40EL;
    private static final long SET_VALUES = 0xC010B40FL;
    /** Kind of a line attribute. */
    private static final int OUTPUT_VALUES = 2;
    private static final int NAME_BYTES = 32;

    private GpioChip() {}

    /** @param label as the chip's driver or the device tree calls it */
    record Info(String name, String label, int lines) {}

    static Info info(String path) throws DeviceError {
        int fd = Libc.open(path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(2 * NAME_BYTES + 4, 4);
            Libc.ioctl(fd, CHIP_INFO, info);
            return new Info(info.getString(0), info.getString(NAME_BYTES), info.get(JAVA_INT, 2 * NAME_BYTES));
        } finally {
            Libc.close(fd);
        }
    }

    /** The offset of the line of that name, or -1. */
    static int line(String path, int lines, String name) throws DeviceError {
        int fd = Libc.open(path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(256, 8);
            for (int i = 0; i < lines; i++) {
                info.fill((byte) 0).set(JAVA_INT, 64, i);
                Libc.ioctl(fd, LINE_INFO, info);
                if (info.getString(0).equals(name)) {
                    return i;
                }
            }
            return -1;
        } finally {
            Libc.close(fd);
        }
    }

    /** @return a descriptor for the one line, whose events can be read from it */
    static int request(String path, int line, long flags) throws DeviceError {
        return request(path, line, flags, _ -> {});
    }

    /** @return a descriptor for the one line, an output of that level from the first moment */
    static int requestOutput(String path, int line, boolean high) throws DeviceError {
        return request(path, line, OUTPUT, request -> {
            request.set(JAVA_INT, 296, 1);
            request.set(JAVA_INT, 320, OUTPUT_VALUES);
            request.set(JAVA_LONG, 328, high ? 1 : 0);
            request.set(JAVA_LONG, 336, 1);
        });
    }

    private static int request(String path, int line, long flags, Consumer<MemorySegment> more) throws DeviceError {
        int fd = Libc.open(path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(592, 8);
            request.set(JAVA_INT, 0, line);
            request.setString(256, "adze-agent");
            request.set(JAVA_LONG, 288, flags);
            request.set(JAVA_INT, 560, 1);
            more.accept(request);
            Libc.ioctl(fd, LINE_REQUEST, request);
            return request.get(JAVA_INT, 588);
        } finally {
            Libc.close(fd);
        }
    }

    static boolean get(int lineFd) throws DeviceError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(16, 8);
            values.set(JAVA_LONG, 8, 1);
            Libc.ioctl(lineFd, GET_VALUES, values);
            return (values.get(JAVA_LONG, 0) & 1) != 0;
        }
    }

    static void set(int lineFd, boolean high) throws DeviceError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(16, 8);
            values.set(JAVA_LONG, 0, high ? 1 : 0);
            values.set(JAVA_LONG, 8, 1);
            Libc.ioctl(lineFd, SET_VALUES, values);
        }
    }
}
