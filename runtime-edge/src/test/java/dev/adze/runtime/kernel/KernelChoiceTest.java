package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever kernel is chosen, 20,000 steps give the recorded bits. */
class KernelChoiceTest {
    @Test
    void theScalarKernelGivesTheRecordedBits() {
        assertEquals(KernelHash.EXPECTED, KernelHash.of(KernelChoice.scalar()));
    }

    @Test
    void everyNativeTierGivesTheRecordedBits() {
        for (String tier : KernelChoice.nativeTiers()) {
            assertEquals(KernelHash.EXPECTED, KernelHash.of(KernelChoice.nativeTier(tier)), tier);
        }
    }

    @Test
    void withoutNativeLibraryAndVectorModuleTheScalarKernelServesAndSaysWhy() throws Exception {
        List<String> lines = run(List.of(), "-Dos.name=Plan 9");
        assertEquals("scalar (no module jdk.incubator.vector; start java with --add-modules jdk.incubator.vector for the"
                + " fast kernel; this build has no native library for plan-9-" + NativeLibraryFile.platform().split("-")[1]
                + "; build with a C compiler for it installed)", lines.get(0));
        assertEquals(KernelHash.EXPECTED, lines.subList(1, lines.size()));
    }

    @Test
    void withoutNativeLibraryTheVectorKernelServesAndSaysWhy() throws Exception {
        String line = choice("-Dos.name=Plan 9", "--add-modules", "jdk.incubator.vector", "-Dadze.vectorBits=128").getFirst();
        assertTrue(line.startsWith("vector-128 (width asked for by -Dadze.vectorBits; this build has no native library"), line);
    }

    @Test
    void aWrongPropertyIsRefusedInOneLine() throws Exception {
        assertTrue(choice("-Dadze.kernel=fast").toString()
                .contains("-Dadze.kernel=fast is no kernel; use native, vector or scalar"));
        assertTrue(choice("-Dadze.kernel=vector").toString().contains("--add-modules jdk.incubator.vector"));
        assertTrue(choice("--add-modules", "jdk.incubator.vector", "-Dadze.kernel=vector", "-Dadze.vectorBits=1024")
                .toString().contains("-Dadze.vectorBits=1024 is no width; use 128, 256 or 512"));
    }

    private static List<String> choice(String... options) throws IOException, InterruptedException {
        return run(List.of("choice"), options);
    }

    /** The output lines of {@link KernelHash} in a JVM with these options. */
    private static List<String> run(List<String> arguments, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KernelHash.class.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines().filter(line -> !line.startsWith("WARNING: ")).toList();
    }
}
