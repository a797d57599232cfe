package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.agent.status.StatusServer;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code top} on a real pseudo-terminal of 60 columns and 12 rows, made by script(1) of util-linux; skipped without. */
@Timeout(120)
class TopTerminalTest {
    private static final int COLUMNS = 60;
    private static final int ROWS = 12;
    private static final String OTHER_SCREEN = "\u001b[?1049h\u001b[?25l";
    private static final String OWN_SCREEN = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";

    @TempDir
    Path folder;

    private static String status(int decisions) {
        var channels = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            channels.append(i == 0 ? "" : ",").append("{\"name\":\"channel").append(i).append("\",\"unit\":\"V\",\"value\":").append(i).append("}");
        }
        return "{\"agent\":\"0.1.0\",\"model\":\"a-model-with-a-name-that-is-too-long-for-a-narrow-terminal\",\"precision\":\"int8\","
                + "\"kernel\":\"scalar\",\"profile\":\"live\",\"rateHz\":10,\"seconds\":61,\"decisions\":" + decisions + ",\"warm\":true,"
                + "\"outputs\":[{\"name\":\"y\",\"unit\":\"%\",\"value\":42.5}],\"us\":{},\"histogram\":[],\"channels\":[" + channels + "]}";
    }

    @Test
    void pictureFollowsPictureUntilControlC() throws Exception {
        Path script = Stream.of("/usr/bin/script", "/bin/script").map(Path::of).filter(Files::isExecutable).findFirst().orElse(null);
        assumeTrue(script != null, "no script(1) on this machine: apt install bsdutils");
        assumeTrue(AgentProcess.canBeInterrupted(), "started with SIGINT ignored, as all that is started from here");
        Path socket = folder.resolve("adze").resolve("live.sock");
        Files.createDirectories(socket.getParent());
        var asked = new AtomicInteger();
        try (var _ = StatusServer.start(socket.getParent(), "live", () -> status(asked.incrementAndGet()))) {
            String top = String.join(" ", List.of("'" + Path.of(System.getProperty("java.home"), "bin", "java") + "'", "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC", "-Xmx64m", "--enable-native-access=ALL-UNNAMED", "-cp", "'" + System.getProperty("java.class.path") + "'",
                    "dev.adze.agent.cli.Main", "top", "--interval", "100ms", "--socket", "'" + socket + "'"));
            Process terminal = new ProcessBuilder(script.toString(), "-qefc", "stty rows " + ROWS + " cols " + COLUMNS + "; exec " + top, "/dev/null")
                    .redirectErrorStream(true).start();
            var seen = new StringBuilder();
            var in = new InputStreamReader(terminal.getInputStream(), StandardCharsets.UTF_8);
            boolean stopped = false;
            for (int c; (c = in.read()) >= 0;) {
                seen.append((char) c);
                if (!stopped && seen.toString().split("\u001b\\[H", -1).length > 4) {
                    stopped = true;
                    // Ctrl-C: the terminal's own way to interrupt.
                    terminal.getOutputStream().write(3);
                    terminal.getOutputStream().flush();
                }
            }
            assertTrue(terminal.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, terminal.exitValue(), seen.toString());
            String text = seen.toString();
            assertTrue(text.contains(OTHER_SCREEN + HOME), text);
            assertTrue(text.stripTrailing().endsWith(OWN_SCREEN), "the terminal is left as it was: " + text);
            String[] pictures = text.substring(text.indexOf(OTHER_SCREEN) + OTHER_SCREEN.length(), text.lastIndexOf(OWN_SCREEN)).split("\u001b\\[H");
            for (int i = 1; i < 4; i++) {
                // The terminal makes CR LF of LF, and what comes is CR LF already.
                List<String> lines = List.of(pictures[i].replaceAll("\u001b\\[[KJ]", "").split("\r*\n"));
                assertEquals(ROWS, lines.size(), pictures[i]);
                assertTrue(lines.stream().allMatch(l -> l.length() <= COLUMNS), pictures[i]);
                assertEquals("adze-agent 0.1.0  a-model-with-a-name-that-is-too-long-for-a", lines.getFirst());
                assertTrue(lines.get(1).startsWith((i + 1) + " decisions, "), lines.get(1));
                assertTrue(lines.getLast().contains("more lines; make the window higher"), lines.getLast());
            }
        }
    }
}
