import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HexFormat;

/**
 * Sends CAN frames for so many seconds, five times a second, and prints a line once the first are out:
 * {@code RigCan vcan0 30 1A0 0010270000000000 2B1 2a}.
 */
public final class RigCan {
    private static final int AF_CAN = 29;

    private RigCan() {}

    private static MethodHandle c(String name, MemoryLayout... args) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, args));
    }

    public static void main(String[] args) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) c("socket", JAVA_INT, JAVA_INT, JAVA_INT).invokeExact(AF_CAN, 3, 1);
            int index = (int) c("if_nametoindex", ADDRESS).invokeExact(arena.allocateFrom(args[0]));
            MemorySegment address = arena.allocate(24, 8);
            address.set(JAVA_SHORT, 0, (short) AF_CAN);
            address.set(JAVA_INT, 4, index);
            int bound = (int) c("bind", JAVA_INT, ADDRESS, JAVA_INT).invokeExact(fd, address, 24);
            if (fd < 0 || index <= 0 || bound < 0) {
                throw new IllegalStateException("no CAN interface " + args[0]);
            }
            MethodHandle write = c("write", JAVA_INT, ADDRESS, JAVA_LONG);
            long end = System.nanoTime() + Long.parseLong(args[1]) * 1_000_000_000L;
            for (boolean first = true; System.nanoTime() < end; first = false) {
                for (int i = 2; i < args.length; i += 2) {
                    byte[] data = HexFormat.of().parseHex(args[i + 1]);
                    MemorySegment frame = arena.allocate(16, 8);
                    frame.set(JAVA_INT, 0, Integer.parseInt(args[i], 16));
                    frame.set(JAVA_BYTE, 4, (byte) data.length);
                    MemorySegment.copy(data, 0, frame, JAVA_BYTE, 8, data.length);
                    int written = (int) write.invokeExact(fd, frame, 16L);
                    if (written < 0) {
                        throw new IllegalStateException("a frame cannot be sent");
                    }
                }
                if (first) {
                    System.out.println("sending");
                }
                Thread.sleep(200);
            }
        }
    }
}
