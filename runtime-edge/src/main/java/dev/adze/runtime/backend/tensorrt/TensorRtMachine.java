package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.cuda.GpuDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What this machine has of what the backend needs, found by asking the C functions of the libraries: no class of the
 * bindings is touched, for they crash where something is missing.
 *
 * @param obstacle one clause; null if there is none, and only then the rest is there
 */
record TensorRtMachine(String obstacle, GpuDevice device, TensorRtVersion version, TensorRtPack pack) {
    /** Where to look beside the usual places: the file of libnvinfer. */
    private static final String LIBRARY_PROPERTY = "adze.tensorrt";
    private static final List<Integer> CUDA_MAJORS = List.of(13, 12, 11);

    /** Where libraries are looked for. */
    record Places(Supplier<GpuDevice> device, List<String> tensorRt, java.util.function.IntFunction<List<String>> cudaRuntime) {
        static Places usual() {
            String named = System.getProperty(LIBRARY_PROPERTY);
            return new Places(GpuDevice::here, named != null ? List.of(named) : usualLibraries(), Places::usualRuntimes);
        }

        private static List<String> usualLibraries() {
            var names = new ArrayList<String>();
            for (String soname : List.of("libnvinfer.so.10", "libnvinfer.so.8", "libnvinfer.so.11", "libnvinfer.so")) {
                names.add(soname);
                for (String folder : List.of("/usr/lib/aarch64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
                        "/usr/local/tensorrt/lib")) {
                    names.add(folder + "/" + soname);
                }
            }
            return names;
        }

        private static List<String> usualRuntimes(int major) {
            String soname = "libcudart.so." + (major == 11 ? "11.0" : major);
            return List.of(soname, "/usr/local/cuda-" + major + "/lib64/" + soname, "/usr/local/cuda/lib64/" + soname);
        }
    }

    private static final class Here {
        static final TensorRtMachine MACHINE = probe(Places.usual());
    }

    static TensorRtMachine here() {
        return Here.MACHINE;
    }

    /** Asks for the driver and a GPU, TensorRT's library and version, and the CUDA runtime, in this order. */
    static TensorRtMachine probe(Places places) {
        GpuDevice device;
        try {
            device = places.device.get();
        } catch (AdzeException | LinkageError e) {
            return missing(e.getMessage());
        }
        Optional<SymbolLookup> library = open(places.tensorRt);
        if (library.isEmpty()) {
            return missing("TensorRT (" + places.tensorRt.getFirst() + ") is not found; install it, or name its file by -D"
                    + LIBRARY_PROPERTY + "=FILE");
        }
        TensorRtVersion version;
        try {
            version = TensorRtVersion.of(ask(library.get(), "getInferLibVersion"));
        } catch (IllegalArgumentException e) {
            return missing(e.getMessage());
        }
        var runtimes = CUDA_MAJORS.stream().filter(major -> open(places.cudaRuntime.apply(major)).isPresent()).toList();
        if (runtimes.isEmpty()) {
            return missing("TensorRT " + version + " is here but no CUDA runtime (libcudart.so of CUDA "
                    + CUDA_MAJORS + "); install cuda-cudart of the CUDA version that TensorRT was made for");
        }
        // Several may lie side by side: the one that the driver was made for is preferred.
        return runtimes.stream().sorted((a, b) -> Boolean.compare(b == device.cudaMajor(), a == device.cudaMajor()))
                .flatMap(major -> TensorRtPack.of(version, major).stream()).findFirst()
                .map(pack -> new TensorRtMachine(null, device, version, pack))
                .orElseGet(() -> missing("TensorRT " + version + " with the CUDA runtime of version " + runtimes.getFirst()
                        + " is none of those that Adze has bindings for: " + TensorRtPack.all()));
    }

    private static TensorRtMachine missing(String obstacle) {
        return new TensorRtMachine(obstacle, null, null, null);
    }

    private static Optional<SymbolLookup> open(List<String> candidates) {
        for (String candidate : candidates) {
            try {
                return Optional.of(candidate.contains("/") ? SymbolLookup.libraryLookup(Path.of(candidate), Arena.global())
                        : SymbolLookup.libraryLookup(candidate, Arena.global()));
            } catch (IllegalArgumentException e) {
                // Not there, or not for this machine: the next one.
            }
        }
        return Optional.empty();
    }

    private static int ask(SymbolLookup library, String function) {
        var symbol = library.find(function).orElseThrow(() ->
                new IllegalArgumentException("TensorRT's library has no function " + function + "; is it another library?"));
        try {
            return (int) Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT)).invokeExact();
        } catch (Throwable t) {
            throw new IllegalStateException(t); // a downcall without parameters throws nothing of its own
        }
    }
}
