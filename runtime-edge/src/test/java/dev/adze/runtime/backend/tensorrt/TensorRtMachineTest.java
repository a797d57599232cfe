package dev.adze.runtime.backend.tensorrt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.cuda.GpuDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found on a machine, with stand-ins for the libraries. */
class TensorRtMachineTest {
    @TempDir
    Path folder;

    private static final Supplier<GpuDevice> GPU = HostGpu::new;

    /** A library with one function that gives a number. */
    private Path library(String name, String function, int number) throws IOException, InterruptedException {
        Path source = folder.resolve(name + ".c");
        Files.writeString(source, "int " + function + "(void) { return " + number + "; }\n");
        Path library = folder.resolve(name + ".so");
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                    .inheritIO().start();
        } catch (IOException e) {
            assumeTrue(false, "there is no C compiler (cc) to build stand-ins with");
            return null;
        }
        assertEquals(0, compiler.waitFor());
        return library;
    }

    private TensorRtMachine probe(Supplier<GpuDevice> gpu, Path tensorRt, int runtimeMajor, Path runtime) {
        return TensorRtMachine.probe(new TensorRtMachine.Places(gpu, List.of(tensorRt.toString()),
                major -> major == runtimeMajor ? List.of(runtime.toString()) : List.of("/nowhere/libcudart.so." + major)));
    }

    @Test
    void theBindingsFollowFromTensorRtAndTheCudaRuntime() throws Exception {
        Path runtime = library("cudart", "cudaRuntimeGetVersion", 0);
        record Case(int number, int cuda, String version, TensorRtPack pack) {}
        for (Case each : List.of(new Case(8502, 11, "8.5.2", TensorRtPack.V8_4), new Case(8602, 12, "8.6.2", TensorRtPack.V8_6),
                new Case(100300, 12, "10.3.0", TensorRtPack.V10_6), new Case(101302, 13, "10.13.2", TensorRtPack.V10_15))) {
            Path library = library("nvinfer" + each.number, "getInferLibVersion", each.number);
            TensorRtMachine machine = probe(GPU, library, each.cuda, runtime);
            assertNull(machine.obstacle());
            assertEquals(each.version, machine.version().toString());
            assertEquals(each.pack, machine.pack());
        }
    }

    @Test
    void whatIsMissingOrDoesNotFitIsToldInOneLine() throws Exception {
        Path runtime = library("cudart", "cudaRuntimeGetVersion", 0);
        Path eight = library("nvinfer8", "getInferLibVersion", 8602);
        Path eleven = library("nvinfer11", "getInferLibVersion", 110401);
        Path other = library("other", "somethingElse", 1);
        Supplier<GpuDevice> none = () -> {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "there is no GPU");
        };
        record Case(TensorRtMachine machine, String expected) {}
        for (Case each : List.of(new Case(probe(none, eight, 12, runtime), "there is no GPU"),
                new Case(probe(GPU, Path.of("/nowhere/libnvinfer.so"), 12, runtime), "TensorRT (/nowhere/libnvinfer.so) is not"),
                new Case(probe(GPU, other, 12, runtime), "is it another library?"),
                new Case(probe(GPU, eight, 12, Path.of("/nowhere/libcudart.so.12")), "no CUDA runtime"),
                new Case(probe(GPU, eight, 11, runtime), "TensorRT 8.6.2 with the CUDA runtime of version 11 is none"),
                new Case(probe(GPU, eleven, 13, runtime), "TensorRT 11.4.1 with the CUDA runtime of version 13 is none"))) {
            assertTrue(each.machine.obstacle().contains(each.expected), each.machine.obstacle());
            assertFalse(each.machine.obstacle().contains("\n"), each.machine.obstacle());
        }
        String all = probe(GPU, eleven, 13, runtime).obstacle();
        assertTrue(all.contains("JetPack 5") && all.contains("JetPack 7"), all);
    }

    @Test
    void thisMachineIsAskedWithoutLoadingBindings() {
        TensorRtMachine here = TensorRtMachine.here();
        assertTrue(here.obstacle() == null || !here.obstacle().contains("\n"), here.obstacle());
        assertEquals(Optional.empty(), Optional.ofNullable(here.obstacle()).filter(String::isBlank));
    }
}
