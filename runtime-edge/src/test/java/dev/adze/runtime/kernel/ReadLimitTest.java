package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class ReadLimitTest {
    /** A loop that skipped a part would be a limit too low: every 64 bytes must change what comes out. */
    @Test
    void everyLoopReadsEverything() {
        int bytes = 512 * 9;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = ReadLimit.memory(bytes, arena);
            assertEquals(bytes, memory.byteSize());
            for (ReadLimit.Loop loop : ReadLimit.loops()) {
                long before = loop.read().applyAsLong(memory);
                for (int at = 0; at < bytes; at += 64) {
                    memory.set(ValueLayout.JAVA_BYTE, at, (byte) 3);
                    assertNotEquals(before, loop.read().applyAsLong(memory), loop.name() + " at " + at);
                    memory.set(ValueLayout.JAVA_BYTE, at, (byte) 1);
                }
            }
        }
    }
}
