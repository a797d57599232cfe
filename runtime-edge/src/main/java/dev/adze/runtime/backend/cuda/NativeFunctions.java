package dev.adze.runtime.backend.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Functions of a C library that all return an int status. The library stays loaded. */
final class NativeFunctions {
    private final SymbolLookup symbols;
    private final String library;

    private NativeFunctions(SymbolLookup symbols, String library) {
        this.symbols = symbols;
        this.library = library;
    }

    /** The first of these that loads: a file name without folder is looked for where the system's loader looks. */
    static Optional<NativeFunctions> open(List<String> candidates) {
        for (String candidate : candidates) {
            if (candidate.contains("/") && !Files.isRegularFile(Path.of(candidate))) {
                continue;
            }
            try {
                return Optional.of(new NativeFunctions(candidate.contains("/")
                        ? SymbolLookup.libraryLookup(Path.of(candidate), Arena.global())
                        : SymbolLookup.libraryLookup(candidate, Arena.global()), candidate));
            } catch (IllegalArgumentException e) {
                // Not there, or not for this machine: the next one.
            }
        }
        return Optional.empty();
    }

    /** What it was opened by. */
    String library() {
        return library;
    }

    /** @throws UnsatisfiedLinkError if the library has no such function */
    MethodHandle function(String name, MemoryLayout... parameters) {
        MemorySegment symbol = symbols.find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError(library + " has no function " + name));
        return Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
    }

    /** What a downcall throws before it reaches native code: a bug of ours. */
    static RuntimeException unexpected(Throwable t) {
        return switch (t) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(t);
        };
    }
}
