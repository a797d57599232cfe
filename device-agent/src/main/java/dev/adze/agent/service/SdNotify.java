package dev.adze.agent.service;

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
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Tells systemd of this process's state: datagrams to {@code NOTIFY_SOCKET} (sd_notify(3)), by the C library, as Java has
 * stream sockets only. Sending never waits; a message that finds no room is lost, the next one comes soon.
 */
public final class SdNotify implements Progress.Manager, AutoCloseable {
    private static final short AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
    private static final int MOST_PATH = 107;
    private static final String ALIVE = "WATCHDOG=1";

    private final Arena arena = Arena.ofShared();
    private final MethodHandle sendto = function("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private final MethodHandle close = function("close", JAVA_INT, JAVA_INT);
    private final MemorySegment address;
    private final MemorySegment alive = arena.allocateFrom(ALIVE);
    private final int socket;
    private boolean closed;

    private SdNotify(byte[] path) throws Throwable {
        address = arena.allocate(2 + path.length);
        address.set(JAVA_SHORT, 0, AF_UNIX);
        MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
        if (path[0] == '@') {
            address.set(JAVA_BYTE, 2, (byte) 0); // the abstract namespace
        }
        socket = (int) function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT).invokeExact((int) AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
    }

    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... args) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, args));
    }

    /** Empty where no systemd waits for messages, and where its socket cannot be used. */
    public static Optional<SdNotify> of(Map<String, String> environment) {
        String name = environment.getOrDefault("NOTIFY_SOCKET", "");
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        if (!(name.startsWith("/") || name.startsWith("@")) || path.length > MOST_PATH) {
            return Optional.empty();
        }
        try {
            var notify = new SdNotify(path);
            return notify.socket >= 0 ? Optional.of(notify) : Optional.empty();
        } catch (Throwable e) {
            return Optional.empty();
        }
    }

    /** Sends lines such as {@code READY=1}. */
    @Override
    public synchronized void send(String state) {
        if (!closed) {
            try (Arena once = Arena.ofConfined()) {
                byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
                send(once.allocateFrom(JAVA_BYTE, bytes), bytes.length);
            }
        }
    }

    /** Says that there was progress; allocates nothing. */
    @Override
    public synchronized void alive() {
        if (!closed) {
            send(alive, ALIVE.length());
        }
    }

    private void send(MemorySegment bytes, long length) {
        try {
            long sent = (long) sendto.invokeExact(socket, bytes, length, MSG_DONTWAIT_NOSIGNAL, address, (int) address.byteSize());
        } catch (Throwable e) {
            throw new IllegalStateException(e); // C functions do not throw
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                int done = (int) close.invokeExact(socket);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
            arena.close();
        }
    }
}
