package dev.adze.runtime.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.adze.runtime.AdzeException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The native library (src/main/native/adze.h) loaded into this process, or the reason why it is not. Loading is tried
 * once, at first use; the library stays loaded.
 */
final class NativeLibrary {
    /** ADZE_ABI in adze.h. */
    private static final int ABI = 10;

    /** Either handles and where they come from, or an obstacle. */
    private record Outcome(Handles handles, SymbolLookup symbols, String obstacle) {}

    /**
     * Linked functions.
     *
     * @param stepQuick {@code adze_step} without the thread's state transition: for calls of some microseconds only, as
     *                  a garbage collector waits for their end
     */
    record Handles(Path file, List<String> tiers, MethodHandle step, MethodHandle stepQuick, MethodHandle advance,
            MethodHandle refresh, MethodHandle packFp32, MethodHandle packFp16, MethodHandle packInt8, MethodHandle packInt4,
            MethodHandle map, MethodHandle unmap, MethodHandle tanh, MethodHandle sigmoid, MethodHandle gelu, MethodHandle read,
            MethodHandle teamBytes, MethodHandle teamLead, MethodHandle teamHelp, MethodHandle processors, MethodHandle pin) {}

    /** A constant, so that the compiler sees the handles as constants and inlines the calls. */
    private static final Outcome OUTCOME = load();

    private NativeLibrary() {}

    /** Why there is no native library, in one clause; null if there is one. */
    static String obstacle() {
        return OUTCOME.obstacle;
    }

    /** @throws AdzeException UNAVAILABLE if there is no library */
    static Handles handles() {
        if (OUTCOME.handles == null) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, OUTCOME.obstacle);
        }
        return OUTCOME.handles;
    }

    /** A further function of the library. @throws AdzeException UNAVAILABLE if there is no library */
    static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        handles();
        return new Linking(Linker.nativeLinker(), OUTCOME.symbols).handle(name, descriptor, options);
    }

    private static Outcome load() {
        try {
            NativeLibraryFile.Location location = NativeLibraryFile.find();
            SymbolLookup symbols = SymbolLookup.libraryLookup(location.file(), Arena.global());
            location.release();
            return new Outcome(link(location.file(), symbols), symbols, null);
        } catch (AdzeException e) {
            return new Outcome(null, null, e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            return new Outcome(null, null, "the native library cannot be loaded: " + e.getMessage());
        }
    }

    private static Handles link(Path file, SymbolLookup symbols) {
        var linking = new Linking(Linker.nativeLinker(), symbols);
        int abi = linking.intOf("adze_abi");
        if (abi != ABI) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "the native library " + file + " has interface " + abi
                    + " but this program needs " + ABI + "; build again");
        }
        var step = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS);
        var pack = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
        var packIntegers = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
        var array = FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
        var quick = Linker.Option.critical(false);
        var quickOnHeap = Linker.Option.critical(true);
        return new Handles(file, linking.usableTiers(),
                linking.handle("adze_step", step),
                linking.handle("adze_step", step, quick),
                linking.handle("adze_advance", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG)),
                linking.handle("adze_refresh", step),
                linking.handle("adze_pack_fp32", pack, quickOnHeap),
                linking.handle("adze_pack_fp16", pack, quickOnHeap),
                linking.handle("adze_pack_int8", packIntegers, quickOnHeap),
                linking.handle("adze_pack_int4", packIntegers, quickOnHeap),
                linking.handle("adze_map", FunctionDescriptor.of(ADDRESS, JAVA_LONG)),
                linking.handle("adze_unmap", FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG)),
                linking.handle("adze_tanh", array, quickOnHeap),
                linking.handle("adze_sigmoid", array, quickOnHeap),
                linking.handle("adze_gelu", array, quickOnHeap),
                linking.handle("adze_read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)),
                linking.handle("adze_team_bytes", FunctionDescriptor.of(JAVA_LONG, JAVA_INT)),
                linking.handle("adze_team_lead",
                        FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT)),
                linking.handle("adze_team_help",
                        FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT)),
                linking.handle("adze_processors", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), quickOnHeap),
                linking.handle("adze_pin", FunctionDescriptor.of(JAVA_INT, JAVA_INT)));
    }

    private record Linking(Linker linker, SymbolLookup symbols) {
        MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
            MemorySegment symbol = symbols.find(name).orElseThrow(
                    () -> new UnsatisfiedLinkError("it has no function " + name));
            return linker.downcallHandle(symbol, descriptor, options);
        }

        int intOf(String name) {
            try {
                return (int) handle(name, FunctionDescriptor.of(JAVA_INT)).invokeExact();
            } catch (Throwable t) {
                throw unexpected(t);
            }
        }

        /** Names by index; null where this processor cannot run the tier. */
        List<String> usableTiers() {
            var name = handle("adze_tier_name", FunctionDescriptor.of(ADDRESS, JAVA_INT));
            var usable = handle("adze_tier_usable", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            List<String> tiers = new ArrayList<>();
            int count = intOf("adze_tier_count");
            for (int tier = 0; tier < count; tier++) {
                try {
                    tiers.add((int) usable.invokeExact(tier) == 0 ? null
                            : ((MemorySegment) name.invokeExact(tier)).reinterpret(Long.MAX_VALUE).getString(0));
                } catch (Throwable t) {
                    throw unexpected(t);
                }
            }
            return tiers;
        }
    }

    /** What a downcall throws before it reaches native code: a closed segment's exception, or a bug of ours. */
    static RuntimeException unexpected(Throwable t) {
        return switch (t) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(t);
        };
    }
}
