package dev.adze.runtime.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.adze.runtime.AdzeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** NVIDIA's run-time compiler (nvrtc.h), from CUDA 11.2 on. Needs no GPU. */
final class Nvrtc {
    /** Kernels are held to the arithmetic that is written in them. */
    private static final List<String> OPTIONS =
            List.of("--std=c++17", "--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true");

    /**
     * Compiled code.
     *
     * @param image for cuModuleLoadData
     * @param log   the compiler's, may be empty
     */
    record Compiled(byte[] image, String architecture, String log) {}

    private final NativeFunctions library;

    Nvrtc(NativeFunctions library) {
        this.library = library;
    }

    /** Where it may be, the one that belongs to the driver's CUDA version first. */
    static List<String> candidates(int driverMajor) {
        var names = new ArrayList<String>();
        var sonames = new TreeMap<Integer, String>(Map.of(11, "libnvrtc.so.11.2", 12, "libnvrtc.so.12", 13, "libnvrtc.so.13"));
        for (int major : new int[] {driverMajor, 13, 12, 11}) {
            String soname = sonames.remove(major);
            if (soname != null) {
                names.add(soname);
                for (String folder : List.of("/usr/local/cuda-" + major + "/lib64", "/usr/local/cuda/lib64",
                        "/usr/local/cuda/targets/aarch64-linux/lib", "/usr/local/cuda/targets/sbsa-linux/lib")) {
                    names.add(folder + "/" + soname);
                }
            }
        }
        names.add("libnvrtc.so");
        return names;
    }

    private interface Call {
        int run() throws Throwable;
    }

    private static int status(Call call) {
        try {
            return call.run();
        } catch (Throwable t) {
            throw NativeFunctions.unexpected(t);
        }
    }

    private static void check(String function, Call call) {
        int status = status(call);
        if (status != 0) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "NVRTC's " + function + " failed with status " + status);
        }
    }

    /** {@code 12.4}. */
    String version() {
        var function = library.function("nvrtcVersion", ADDRESS, ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment major = arena.allocate(JAVA_INT);
            MemorySegment minor = arena.allocate(JAVA_INT);
            check("nvrtcVersion", () -> (int) function.invokeExact(major, minor));
            return major.get(JAVA_INT, 0) + "." + minor.get(JAVA_INT, 0);
        }
    }

    /** Compute capabilities that it compiles for, ascending: 87 for 8.7. */
    int[] architectures() {
        var count = library.function("nvrtcGetNumSupportedArchs", ADDRESS);
        var list = library.function("nvrtcGetSupportedArchs", ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(JAVA_INT);
            check("nvrtcGetNumSupportedArchs", () -> (int) count.invokeExact(number));
            MemorySegment values = arena.allocate(JAVA_INT, number.get(JAVA_INT, 0));
            check("nvrtcGetSupportedArchs", () -> (int) list.invokeExact(values));
            int[] architectures = values.toArray(JAVA_INT);
            Arrays.sort(architectures);
            return architectures;
        }
    }

    /**
     * Compiles for a GPU: to its own machine code, or for one newer than this NVRTC to PTX, which its driver compiles.
     *
     * @param headers by the name that the source includes them by
     * @throws AdzeException UNAVAILABLE if the GPU is older than what this NVRTC compiles for, or the source does not compile
     */
    Compiled compile(String source, Map<String, String> headers, int capability, String... furtherOptions) {
        int[] known = architectures();
        boolean own = Arrays.binarySearch(known, capability) >= 0;
        int newestBelow = Arrays.stream(known).filter(a -> a < capability).max().orElse(-1);
        if (!own && newestBelow < 0) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "NVRTC " + version() + " does not compile for sm_"
                    + capability + " any more; use the NVRTC of the CUDA version that serves this GPU");
        }
        String architecture = own ? "sm_" + capability : "compute_" + newestBelow;
        var options = new ArrayList<>(OPTIONS);
        options.add("--gpu-architecture=" + architecture);
        options.addAll(List.of(furtherOptions));
        try (Arena arena = Arena.ofConfined()) {
            long program = create(arena, source, headers);
            try {
                return new Compiled(compile(arena, program, options, own), architecture, log(arena, program));
            } finally {
                destroy(arena, program);
            }
        }
    }

    private long create(Arena arena, String source, Map<String, String> headers) {
        var function = library.function("nvrtcCreateProgram", ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
        MemorySegment program = arena.allocate(JAVA_LONG);
        MemorySegment text = arena.allocateFrom(source);
        MemorySegment name = arena.allocateFrom("adze_lstm.cu");
        MemorySegment contents = strings(arena, List.copyOf(headers.values()));
        MemorySegment names = strings(arena, List.copyOf(headers.keySet()));
        check("nvrtcCreateProgram",
                () -> (int) function.invokeExact(program, text, name, headers.size(), contents, names));
        return program.get(JAVA_LONG, 0);
    }

    private byte[] compile(Arena arena, long program, List<String> options, boolean machineCode) {
        var function = library.function("nvrtcCompileProgram", JAVA_LONG, JAVA_INT, ADDRESS);
        MemorySegment values = strings(arena, options);
        int status = status(() -> (int) function.invokeExact(program, options.size(), values));
        if (status != 0) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "NVRTC " + version() + " cannot compile the kernel (status "
                    + status + "): " + log(arena, program).strip().replaceAll("\\s*\\n\\s*", " | "));
        }
        return machineCode ? result(arena, program, "nvrtcGetCUBIN") : result(arena, program, "nvrtcGetPTX");
    }

    private byte[] result(Arena arena, long program, String getter) {
        MethodHandle size = library.function(getter + "Size", JAVA_LONG, ADDRESS);
        MethodHandle get = library.function(getter, JAVA_LONG, ADDRESS);
        MemorySegment bytes = arena.allocate(JAVA_LONG);
        check(getter + "Size", () -> (int) size.invokeExact(program, bytes));
        MemorySegment image = arena.allocate(bytes.get(JAVA_LONG, 0));
        check(getter, () -> (int) get.invokeExact(program, image));
        return image.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    private String log(Arena arena, long program) {
        byte[] text = result(arena, program, "nvrtcGetProgramLog");
        return new String(text, java.nio.charset.StandardCharsets.UTF_8).replace("\0", ""); // C strings; NVRTC 11 ends in two
    }

    private void destroy(Arena arena, long program) {
        var function = library.function("nvrtcDestroyProgram", ADDRESS);
        MemorySegment handle = arena.allocate(JAVA_LONG);
        handle.set(JAVA_LONG, 0, program);
        check("nvrtcDestroyProgram", () -> (int) function.invokeExact(handle));
    }

    private static MemorySegment strings(Arena arena, List<String> values) {
        MemorySegment pointers = arena.allocate(ADDRESS, Math.max(1, values.size()));
        for (int i = 0; i < values.size(); i++) {
            pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(values.get(i)));
        }
        return pointers;
    }
}
