package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** 20,000 steps give the recorded bits: on this kernel and width, on the scalar kernel, and without the Vector API. */
class KernelHashTest {
    @Test
    void thisKernelGivesTheRecordedBits() {
        assertEquals(KernelHash.FP32, KernelHash.fp32(KernelChoice.best()));
        assertEquals(KernelHash.INT8, KernelHash.int8(KernelChoice.best()));
    }

    @Test
    void theScalarKernelGivesTheRecordedBits() {
        assertEquals(KernelHash.FP32, KernelHash.fp32(KernelChoice.scalar()));
        assertEquals(KernelHash.INT8, KernelHash.int8(KernelChoice.scalar()));
    }

    @Test
    void withoutTheVectorModuleTheScalarKernelServesAndSaysWhy() throws IOException, InterruptedException {
        List<String> lines = runHash();
        assertEquals("scalar (no module jdk.incubator.vector; start java with --add-modules jdk.incubator.vector for the"
                + " fast kernel)", lines.get(0));
        assertEquals(List.of(KernelHash.FP32, KernelHash.INT8), lines.subList(1, 3));
    }

    @Test
    void aWrongPropertyIsRefusedInOneLine() throws IOException, InterruptedException {
        assertTrue(runHash("-Dadze.kernel=fast").toString().contains("-Dadze.kernel=fast is no kernel; use scalar or vector"));
        assertTrue(runHash("-Dadze.kernel=vector").toString().contains("--add-modules jdk.incubator.vector"));
        assertTrue(runHash("--add-modules", "jdk.incubator.vector", "-Dadze.vectorBits=1024").toString()
                .contains("-Dadze.vectorBits=1024 is no width; use 128, 256 or 512"));
    }

    private static List<String> runHash(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KernelHash.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines().filter(line -> !line.startsWith("WARNING: Using incubator")).toList();
    }
}
