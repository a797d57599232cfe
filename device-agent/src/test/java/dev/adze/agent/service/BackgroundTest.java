package dev.adze.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class BackgroundTest {
    /** Field 19 of proc_pid_stat(5), of the calling thread; the name in field 2 may have spaces. */
    private static int nice() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Seen(boolean done, int own, int child) {}

    @Test
    void aThreadAndTheOnesItStartsGiveWayAndNoOtherDoes() throws Exception {
        int before = nice();
        var seen = new CompletableFuture<Seen>();
        Thread.ofPlatform().start(() -> {
            boolean done = Background.giveWay();
            var child = new CompletableFuture<Integer>();
            Thread.ofPlatform().start(() -> child.complete(nice()));
            seen.complete(new Seen(done, nice(), child.join()));
        });
        assertTrue(seen.get(60, TimeUnit.SECONDS).done());
        assertEquals(new Seen(true, Background.NICE, Background.NICE), seen.get());
        assertEquals(before, nice());
    }

    /** For a process of its own: this one's compilers are to go on as they are. */
    public static final class Compilers {
        private Compilers() {}

        public static void main(String[] args) throws IOException {
            System.out.println(Background.compilersGiveWay());
            try (var threads = Files.list(Path.of("/proc/self/task"))) {
                for (Path thread : threads.toList()) {
                    String stat = Files.readString(thread.resolve("stat"));
                    System.out.println(Files.readString(thread.resolve("comm")).strip() + "=" + stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
                }
            }
        }
    }

    @Test
    void javasCompilersGiveWayAndNoOtherThreadDoes() throws Exception {
        Process java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), Compilers.class.getName()).redirectErrorStream(true).start();
        List<String> lines = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertEquals("true", lines.getFirst(), lines.toString());
        int own = nice();
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("C2 Compiler")), lines.toString());
        for (String line : lines.subList(1, lines.size())) {
            boolean compiler = line.startsWith("C1 Compiler") || line.startsWith("C2 Compiler");
            assertTrue(line.endsWith("=" + (compiler ? Background.NICE : own)), lines.toString());
        }
    }
}
