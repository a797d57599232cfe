package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.agent.record.RecordingReader;
import dev.adze.agent.record.RecordingWriter;
import dev.adze.agent.sensor.ReadingBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class RecordCommandTest {
    @TempDir
    Path folder;

    private static int rows(Path recording) {
        try (var reader = new RecordingReader(recording)) {
            assertEquals(32, reader.channels().size());
            var out = new ReadingBuffer(32);
            int rows = 0;
            long first = 0;
            while (reader.next(out)) {
                first = rows == 0 ? reader.timeMillis() : first;
                assertEquals(first + 10L * rows, reader.timeMillis(), 1);
                rows++;
            }
            return rows;
        }
    }

    /** Waits, without sleeping, until so many bytes are in the file. */
    private static void awaitSize(Path file, long bytes) throws Exception {
        long giveUp = System.nanoTime() + 60_000_000_000L;
        while (!Files.exists(file) || Files.size(file) < bytes) {
            if (System.nanoTime() > giveUp) {
                throw new AssertionError(file + " does not grow to " + bytes + " bytes");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }

    @Test
    void sigtermLeavesAWholeRecordingAndExitCodeZero() throws Exception {
        endedBy("TERM");
    }

    @Test
    void sigintLeavesAWholeRecordingAndExitCodeZero() throws Exception {
        assumeTrue(AgentProcess.canBeInterrupted(), "skipped: SIGINT is ignored here, as in a shell's background job");
        endedBy("INT");
    }

    private void endedBy(String signal) throws Exception {
        Path file = folder.resolve(signal + ".csv.gz");
        var process = new AgentProcess(folder, "record", "--rate", "100", "--output", file.toString());
        process.awaitLine("recording 32 channels at 100 Hz");
        awaitSize(RecordingWriter.partialOf(file), 200);
        process.signal(signal);
        assertEquals(0, process.awaitExit(), process.errors());
        assertFalse(Files.exists(RecordingWriter.partialOf(file)));
        int rows = rows(file);
        assertTrue(process.output().contains(file + ": " + rows + " rows"), process.output());
    }

    @Test
    void killedRecorderLosesAFewSecondsAndTheRestIsRecovered() throws Exception {
        Path file = folder.resolve("k.csv.gz");
        var process = new AgentProcess(folder, "record", "--rate", "100", "--output", file.toString());
        process.awaitLine("recording");
        // The header alone is flushed at once; the next flush brings four seconds of rows.
        awaitSize(RecordingWriter.partialOf(file), 5000);
        process.signal("KILL");
        assertEquals(137, process.awaitExit());
        assertFalse(Files.exists(file));

        var again = new AgentProcess(folder, "record", "--duration", "1s", "--output", file.toString());
        assertEquals(6, again.awaitExit());
        assertTrue(again.errors().startsWith("adze-agent: error: " + file + ".partial is left over"), again.errors());
        assertEquals(1, again.errors().lines().count(), again.errors());

        var recovery = new AgentProcess(folder, "record", "--recover", "--output", file.toString());
        assertEquals(0, recovery.awaitExit(), recovery.errors());
        int rows = rows(file);
        assertTrue(rows >= 400, rows + " rows recovered");
    }

    @Test
    void aFullDiskIsOneLineWithItsOwnExitCode() throws Exception {
        // A limit on the file size stands in for the full disk: the write fails half-way just so.
        var limited = new ProcessBuilder("bash", "-c", "ulimit -f 8; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx64m", "-cp",
                System.getProperty("java.class.path"), "dev.adze.agent.cli.Main", "record", "--rate", "100", "--output",
                folder.resolve("g.csv").toString()).start();
        String errors = new String(limited.getErrorStream().readAllBytes());
        assertEquals(6, limited.waitFor(), errors);
        assertTrue(errors.startsWith("adze-agent: error: cannot write " + folder.resolve("g.csv.partial")), errors);
        assertFalse(Files.exists(folder.resolve("g.csv")));
    }

    @Test
    void wrongOptionsAreOneLine() throws Exception {
        String[][] wrong = {
            {"2", "--rate 0 is not in", "--rate", "0", "--output", "x.csv"},
            {"2", "must end in .csv", "--output", "x.parquet"},
            {"2", "--duration soon", "--duration", "soon", "--output", "x.csv"},
            {"2", "Missing required option", "--rate", "2"},
            {"8", "has no channel cpu.bussy; did you mean cpu.busy?", "--channels", "cpu.bussy", "--output", "x.csv"},
        };
        for (String[] w : wrong) {
            var args = new String[w.length - 1];
            args[0] = "record";
            System.arraycopy(w, 2, args, 1, w.length - 2);
            var err = new java.io.ByteArrayOutputStream();
            java.io.PrintStream before = System.err;
            System.setErr(new java.io.PrintStream(err, true));
            int code;
            try {
                code = Main.run(args);
            } finally {
                System.setErr(before);
            }
            assertEquals(Integer.parseInt(w[0]), code, err.toString());
            assertTrue(err.toString().startsWith("adze-agent: error: ") && err.toString().contains(w[1]), err.toString());
            assertEquals(1, err.toString().lines().count());
        }
    }
}
