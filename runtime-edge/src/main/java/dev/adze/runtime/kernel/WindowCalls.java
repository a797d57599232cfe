package dev.adze.runtime.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of src/main/native/adze_window.h. Initialized only where there is a native library. */
final class WindowCalls {
    private static final MethodHandle STEPS = NativeLibrary.handle("adze_window_steps",
            FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle BEGIN = NativeLibrary.handle("adze_window_begin",
            FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
    private static final MethodHandle USABLE =
            NativeLibrary.handle("adze_window_usable", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle ROWS = NativeLibrary.handle("adze_window_rows", FunctionDescriptor.of(JAVA_INT));

    private static final MethodHandle WEIGHTS = NativeLibrary.handle("adze_window_weights",
            FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS));

    private WindowCalls() {}

    static long weights(MemorySegment plan, int layer, MemorySegment copy) {
        try {
            return (long) WEIGHTS.invokeExact(plan, layer, copy);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void steps(MemorySegment plan, int layer, MemorySegment place, int sequences, MemorySegment memory, int first,
            int last) {
        try {
            STEPS.invokeExact(plan, layer, place, sequences, memory, first, last);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static void begin(MemorySegment plan, int layer, MemorySegment place, int sequences, MemorySegment memory) {
        try {
            BEGIN.invokeExact(plan, layer, place, sequences, memory);
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    static boolean usable(MemorySegment plan) {
        try {
            return (int) USABLE.invokeExact(plan) != 0;
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }

    /** Rows that scratch memory is for, unless there are more sequences. */
    static int rows() {
        try {
            return (int) ROWS.invokeExact();
        } catch (Throwable t) {
            throw NativeLibrary.unexpected(t);
        }
    }
}
