package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.export.RandomModels;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Java in which the engines' native libraries cannot be unpacked, so that they are missing. */
class MissingEngineTest {
    @TempDir
    Path folder;

    private String export(String target) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        var command = new java.util.ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-Xshare:auto", "--add-modules", "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        for (String property : List.of("user.home", "java.io.tmpdir", "org.bytedeco.javacpp.cachedir")) {
            command.add("-D" + property + "=/proc/nowhere");
        }
        command.addAll(List.of("dev.adze.compress.cli.Main", "export", folder.resolve("model.adze").toString(), "--to", target,
                "--out", folder.resolve("out." + target).toString()));
        Process java = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertEquals(8, java.waitFor(), Files.readString(log));
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    @Test
    void aMissingNativeLibraryIsNamedInOneLineAndNoFileIsLeft() throws Exception {
        var random = new Random(1);
        RandomModels.bundle(NetworkTensors.of(RandomModels.weights(RecurrentNetwork.stackedLstm(2, 1, 3, 1), random)),
                TaskSpec.Mode.STREAM, 4, random).write(folder.resolve("model.adze"));
        for (String target : List.of("onnx", "tflite", "safetensors")) {
            String printed = export(target);
            List<String> lines = printed.lines().filter(line -> !line.startsWith("WARNING:")).toList();
            assertEquals(1, lines.size(), printed);
            assertTrue(lines.getFirst().startsWith("adze: error: ") && lines.getFirst().contains("cannot be loaded"), printed);
            assertFalse(Files.exists(folder.resolve("out." + target)), target);
            assertFalse(Files.exists(folder.resolve("out." + target + ".parity.json")), target);
        }
    }
}
