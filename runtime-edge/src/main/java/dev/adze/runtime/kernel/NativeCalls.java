package dev.adze.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The functions of src/main/native/adze.h as Java methods. Segments may not be closed during a call: shared arenas then
 * refuse to close. Initialized only once {@link NativeLibrary#obstacle} is known to be null.
 */
final class NativeCalls {
    private static final NativeLibrary.Handles HANDLES = NativeLibrary.handles();

    private NativeCalls() {}

    static void step(MemorySegment plan, MemorySegment state) {
        try {
            HANDLES.step().invokeExact(plan, state);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void stepQuick(MemorySegment plan, MemorySegment state) {
        try {
            HANDLES.stepQuick().invokeExact(plan, state);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    /** @param features {@code [steps, inputSize]}, outside the heap */
    static void advance(MemorySegment plan, MemorySegment state, MemorySegment features, long steps) {
        try {
            HANDLES.advance().invokeExact(plan, state, features, steps);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void refresh(MemorySegment plan, MemorySegment state) {
        try {
            HANDLES.refresh().invokeExact(plan, state);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void packFp32(MemorySegment packed, MemorySegment weightIh, MemorySegment weightHh, int inputs, int hidden,
            int block) {
        try {
            HANDLES.packFp32().invokeExact(packed, weightIh, weightHh, inputs, hidden, block, block + 1);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void packFp16(MemorySegment packed, MemorySegment weightIh, MemorySegment weightHh, int inputs, int hidden,
            int block) {
        try {
            HANDLES.packFp16().invokeExact(packed, weightIh, weightHh, inputs, hidden, block, block + 1);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void packInt8(MemorySegment packed, MemorySegment inputOffset, MemorySegment hiddenOffset,
            MemorySegment weightIh, MemorySegment weightHh, int inputs, int hidden, int block) {
        try {
            HANDLES.packInt8().invokeExact(packed, inputOffset, hiddenOffset, weightIh, weightHh, inputs, hidden,
                    block, block + 1);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void packInt4(MemorySegment packed, MemorySegment weightIh, MemorySegment multiplierIh, MemorySegment weightHh,
            MemorySegment multiplierHh, int inputs, int hidden, int block) {
        try {
            HANDLES.packInt4().invokeExact(packed, weightIh, multiplierIh, weightHh, multiplierHh, inputs, hidden,
                    block, block + 1);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    /** Zeroed memory, or the null address. */
    static MemorySegment map(long bytes) {
        try {
            return (MemorySegment) HANDLES.map().invokeExact(bytes);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void unmap(MemorySegment memory, long bytes) {
        try {
            HANDLES.unmap().invokeExact(memory, bytes);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    /** {@code y[i] = tanh(x[i])}; heap segments are allowed. */
    static void tanh(int tier, MemorySegment x, MemorySegment y, long n) {
        try {
            HANDLES.tanh().invokeExact(tier, x, y, n);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void sigmoid(int tier, MemorySegment x, MemorySegment y, long n) {
        try {
            HANDLES.sigmoid().invokeExact(tier, x, y, n);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void gelu(int tier, MemorySegment x, MemorySegment y, long n) {
        try {
            HANDLES.gelu().invokeExact(tier, x, y, n);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static long teamBytes(int members) {
        try {
            return (long) HANDLES.teamBytes().invokeExact(members);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    /** Never as a critical call: a helper may wait for a garbage collection that would wait for this call. */
    static void teamLead(MemorySegment plan, MemorySegment state, MemorySegment team, int members, long step, int layers) {
        try {
            HANDLES.teamLead().invokeExact(plan, state, team, members, step, layers);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void teamHelp(MemorySegment plan, MemorySegment state, MemorySegment team, int members, long step, int layers,
            int member) {
        try {
            HANDLES.teamHelp().invokeExact(plan, state, team, members, step, layers, member);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    /** Processors that this thread may run on. */
    static int[] processors() {
        int[] processors = new int[1024];
        try {
            int count = (int) HANDLES.processors().invokeExact(MemorySegment.ofArray(processors), processors.length);
            return Arrays.copyOf(processors, count);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    /** @return whether the system agreed */
    static boolean pin(int processor) {
        try {
            return (int) HANDLES.pin().invokeExact(processor) != 0;
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    /** Reads all of the memory and nothing else. */
    static long read(int tier, MemorySegment memory, int prefetchBytes) {
        try {
            return (long) HANDLES.read().invokeExact(tier, memory, memory.byteSize(), prefetchBytes);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }
}
