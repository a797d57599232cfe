package dev.adze.runtime.backend.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** src/test/native/cuda/fake_cuda.cpp built and loaded: libcuda and libnvrtc that run kernels on the CPU. */
final class FakeCuda {
    private final Path file;
    private final SymbolLookup symbols;

    private FakeCuda(Path file) {
        this.file = file;
        symbols = SymbolLookup.libraryLookup(file, Arena.global());
    }

    /** Empty where there is no C++ compiler. */
    static Optional<FakeCuda> build(Path folder) throws IOException, InterruptedException {
        Path sources = Path.of("src/test/native/cuda").toAbsolutePath();
        Path library = folder.resolve("fake_cuda.so");
        Path log = folder.resolve("log");
        Process process;
        try {
            process = new ProcessBuilder("c++", "-std=c++17", "-O1", "-shared", "-fPIC", "-Wall", "-Werror",
                    "-DEMULATION_FOLDER=\"" + sources + "\"", "-DWORK_FOLDER=\"" + folder + "\"", "-o", library.toString(),
                    sources.resolve("fake_cuda.cpp").toString(), "-ldl").redirectErrorStream(true)
                    .redirectOutput(log.toFile()).start();
        } catch (IOException e) {
            return Optional.empty();
        }
        if (process.waitFor() != 0) {
            throw new IOException(Files.readString(log));
        }
        return Optional.of(new FakeCuda(library));
    }

    /** A GPU that is found by the usual probe. */
    CudaEngine engine() {
        return CudaEngine.probe(java.util.List.of(file.toString()), file.toString(), 0);
    }

    Path file() {
        return file;
    }

    void device(int count, boolean graphs, boolean cooperative) {
        call("fakeDevice", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT), count, graphs ? 1 : 0, cooperative ? 1 : 0);
    }

    /** The launch after so many more fails, and all after it; -1 for never. */
    void loseAfter(long launches) {
        call("fakeLoseAfter", FunctionDescriptor.ofVoid(JAVA_LONG), launches);
    }

    /** Bytes that can still be allocated; -1 for any number. */
    void memory(long bytes) {
        call("fakeMemory", FunctionDescriptor.ofVoid(JAVA_LONG), bytes);
    }

    /** Allocations and contexts not given back. */
    long live() {
        return (long) call("fakeLive", FunctionDescriptor.of(JAVA_LONG));
    }

    long launches() {
        return (long) call("fakeLaunches", FunctionDescriptor.of(JAVA_LONG));
    }

    long graphLaunches() {
        return (long) call("fakeGraphLaunches", FunctionDescriptor.of(JAVA_LONG));
    }

    private Object call(String name, FunctionDescriptor descriptor, Object... arguments) {
        try {
            return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), descriptor)
                    .invokeWithArguments(arguments);
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }
}
