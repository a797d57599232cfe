package dev.adze.agent.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.ledger.AgentStatus;
import dev.adze.profiles.JsonLinesBounds;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReporterTest {
    @TempDir
    Path folder;

    private final RunInfo run = ReportFixtures.run(TaskSpec.Kind.FORECAST);

    private Reporter reporter(PrintStream out, JsonLinesReport lines, long consoleMillis) {
        return new Reporter(new AgentStatus(2, 2), new ConsoleReport(out, run, false), List.of(lines), consoleMillis, 200,
                System::nanoTime, () -> 77);
    }

    private static List<String> types(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(l -> l.replaceAll(".*\"type\":\"([a-z]+)\".*", "$1")).toList();
    }

    @Test
    void reportsComeAtTheirIntervalAndTheLastOneIsTheStop() throws Exception {
        Path file = folder.resolve("r.jsonl");
        var console = new PipedInputStream(1 << 16);
        var reporter = reporter(new PrintStream(new PipedOutputStream(console), true), new JsonLinesReport(file, new JsonLinesBounds(0, 10_000_000, 5), run, System::nanoTime), 1);
        reporter.start();
        var said = new java.io.BufferedReader(new java.io.InputStreamReader(console));
        for (int i = 0; i < 3; i++) {
            assertTrue(said.readLine().contains("no decision yet"));
        }
        reporter.finish("signal");
        List<String> types = types(file);
        assertEquals("stop", types.getLast());
        assertTrue(types.size() >= 4 && types.subList(0, types.size() - 1).stream().allMatch("latency"::equals), types.toString());
    }

    @Test
    void aConsoleThatTakesNothingIsGivenUpAndTheFileIsWhole() throws Exception {
        Path file = folder.resolve("r.jsonl");
        var never = new CountDownLatch(1);
        var stuck = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        }, true);
        var reporter = reporter(stuck, new JsonLinesReport(file, new JsonLinesBounds(0, 10_000_000, 5), run, System::nanoTime), 1);
        reporter.start();
        long start = System.nanoTime();
        reporter.finish("signal");
        assertTrue(System.nanoTime() - start < 20_000_000_000L, "finish waits for a console that is stuck");
        assertEquals("stop", types(file).getLast());
        never.countDown();
    }

    @Test
    void noIntervalMeansOnlyTheLastReport() throws Exception {
        Path file = folder.resolve("r.jsonl");
        var bytes = new java.io.ByteArrayOutputStream();
        var reporter = reporter(new PrintStream(bytes, true), new JsonLinesReport(file, new JsonLinesBounds(0, 10_000_000, 5), run, System::nanoTime), 0);
        reporter.start();
        reporter.finish("duration");
        assertEquals(List.of("stop"), types(file));
        assertTrue(bytes.toString().endsWith("stopped: duration\n"), bytes.toString());
    }
}
