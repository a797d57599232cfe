package dev.adze.agent.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Rows and columns of the terminal behind standard output (ioctl TIOCGWINSZ); 24 and 80 where it does not say. */
record TerminalSize(int rows, int columns) {
    private static final TerminalSize USUAL = new TerminalSize(24, 80);
    private static final long TIOCGWINSZ = 0x5413;
    private static final int STANDARD_OUTPUT = 1;

    /** Asked anew for every picture, so a window that changed its size is followed. */
    static TerminalSize now() {
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            MethodHandle ioctl = linker.downcallHandle(linker.defaultLookup().findOrThrow("ioctl"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
            MemorySegment size = arena.allocate(8);
            int result = (int) ioctl.invokeExact(STANDARD_OUTPUT, TIOCGWINSZ, size);
            int rows = size.get(JAVA_SHORT, 0) & 0xffff;
            int columns = size.get(JAVA_SHORT, 2) & 0xffff;
            return result == 0 && rows > 0 && columns > 0 ? new TerminalSize(rows, columns) : USUAL;
        } catch (Throwable e) {
            return USUAL;
        }
    }
}
