package dev.adze.agent.service;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SdNotifyTest {
    @TempDir
    Path folder;

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow(name), type);
    }

    /** systemd's end of the socket. */
    private static int listen(Arena arena, byte[] path) throws Throwable {
        int socket = (int) function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT)).invokeExact(1, 2, 0);
        MemorySegment address = arena.allocate(2 + path.length);
        address.set(JAVA_SHORT, 0, (short) 1);
        MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
        int bound = (int) function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT))
                .invokeExact(socket, address, (int) address.byteSize());
        assertEquals(0, bound);
        return socket;
    }

    private static String receive(Arena arena, int socket) throws Throwable {
        MemorySegment buffer = arena.allocate(4096);
        long length = (long) function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT))
                .invokeExact(socket, buffer, buffer.byteSize(), 0);
        return new String(buffer.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }

    @Test
    void messagesArriveAsTheyAreAtAPathAndInTheAbstractNamespace() throws Throwable {
        String path = folder.resolve("notify").toString();
        String abstractName = "adze-test-" + ProcessHandle.current().pid();
        try (Arena arena = Arena.ofConfined()) {
            int[] sockets = {listen(arena, path.getBytes(StandardCharsets.UTF_8)),
                listen(arena, ("\0" + abstractName).getBytes(StandardCharsets.UTF_8))};
            String[] names = {path, "@" + abstractName};
            for (int i = 0; i < names.length; i++) {
                try (SdNotify systemd = SdNotify.of(Map.of("NOTIFY_SOCKET", names[i])).orElseThrow()) {
                    systemd.send("READY=1\nSTATUS=grün");
                    systemd.alive();
                    assertEquals("READY=1\nSTATUS=grün", receive(arena, sockets[i]));
                    assertEquals("WATCHDOG=1", receive(arena, sockets[i]));
                    for (int k = 0; k < 5000; k++) {
                        systemd.alive(); // nobody reads: it must not wait
                    }
                }
            }
        }
    }

    @Test
    void withoutSystemdThereIsNothing() {
        assertTrue(SdNotify.of(Map.of()).isEmpty());
        assertTrue(SdNotify.of(Map.of("NOTIFY_SOCKET", "vsock:2:1")).isEmpty());
        assertTrue(SdNotify.of(Map.of("NOTIFY_SOCKET", "/" + "x".repeat(200))).isEmpty());
        SdNotify.of(Map.of("NOTIFY_SOCKET", folder.resolve("nobody").toString())).ifPresent(systemd -> {
            systemd.send("READY=1");
            systemd.close();
            systemd.alive();
        });
    }
}
