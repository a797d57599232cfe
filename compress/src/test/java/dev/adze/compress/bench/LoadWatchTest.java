package dev.adze.compress.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a /proc of its own. */
class LoadWatchTest {
    @TempDir
    Path proc;

    private long now;
    private long own;

    private LoadWatch.Load watch(String statBefore, String statAfter, double seconds, double ownSeconds) throws IOException {
        Files.writeString(proc.resolve("loadavg"), "0.50 0.40 0.30 1/100 1234\n");
        Files.writeString(proc.resolve("stat"), statBefore);
        var watch = new LoadWatch(proc, () -> now, () -> own);
        now += (long) (seconds * 1e9);
        own += (long) (ownSeconds * 1e9);
        Files.writeString(proc.resolve("stat"), statAfter);
        return watch.stop();
    }

    @Test
    void whatOthersUsedIsAllLessOurOwn() throws IOException {
        // user nice system idle iowait irq softirq steal: 1000 + 50 + 140 + 10 = 1200 hundredths busy in 10 s
        LoadWatch.Load load = watch("cpu  100 0 10 500 7 0 0 3 0 0\n", "cpu  1100 50 150 1300 9 0 10 53 0 0\n", 10, 9.5);
        assertEquals(0.25, load.others(), 1e-9);
        assertEquals(0.05, load.stolen(), 1e-9);
        assertTrue(load.busy());
        assertTrue(load.text().contains("0.25") && load.text().contains("load average 0.50 before"), load.text());
    }

    @Test
    void aQuietMachineIsNotCalledBusy() throws IOException {
        LoadWatch.Load load = watch("cpu  0 0 0 0 0 0 0 0\n", "cpu  1000 0 10 900 0 0 0 0\n", 10, 9.9);
        assertEquals(0.02, load.others(), 1e-9);
        assertFalse(load.busy());
    }

    @Test
    void withoutReadableFiguresItSaysSo() throws IOException {
        for (String stat : new String[] {"cpu 1 2 3\n", "cpu  a b c d e f g h\n", "intr 5\n"}) {
            LoadWatch.Load load = watch(stat, stat, 1, 1);
            assertEquals("unknown on this system", load.text());
            assertFalse(load.busy());
        }
    }
}
