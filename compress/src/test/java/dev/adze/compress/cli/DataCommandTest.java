package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.data.Refusals;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DataCommandTest {
    @TempDir
    Path folder;

    @BeforeEach
    void writeRecording() throws Exception {
        Files.writeString(folder.resolve("r.csv"), """
                time[ms];speed[rpm];copy;rest;state
                0;1;2;5;ok
                100;2;4;5;worn
                200;;;5;ok
                1000;4;8;5;ok
                """);
    }

    /** Runs the command; what it throws comes out as it is. */
    private String inspect(String... args) {
        var line = new CommandLine(new DataCommand());
        var out = new StringWriter();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(out));
        AdzeException[] thrown = new AdzeException[1];
        line.setExecutionExceptionHandler((e, _, _) -> {
            thrown[0] = (AdzeException) e;
            return 1;
        });
        String[] all = new String[args.length + 1];
        all[0] = "inspect";
        System.arraycopy(args, 0, all, 1, args.length);
        int code = line.execute(all);
        if (thrown[0] != null) {
            throw thrown[0];
        }
        assertEquals(0, code, out.toString());
        return out.toString();
    }

    @Test
    void printsATable() {
        String text = inspect(folder + "/r.csv", "--labels", "state=ok|worn");
        assertTrue(text.contains("4 rows, 4 channels, 1 series of 4 rows"), text);
        assertTrue(text.contains("period 100 ms (10 Hz)"), text);
        assertTrue(text.contains("gaps of more than 3 periods: 1"), text);
        assertTrue(text.lines().anyMatch(l -> l.matches("speed +rpm +75.00 +1 +1 +1 +2\\.3333 +4 +1\\.2472")), text);
        assertTrue(text.lines().anyMatch(l -> l.matches("copy .*duplicate of speed.*")), text);
        assertTrue(text.lines().anyMatch(l -> l.matches("rest +100 +0 +0 +5 +5 +5 +0 +constant")), text);
    }

    @Test
    void printsJson() {
        JsonNode json = JsonMapper.shared().readTree(inspect(folder + "/*.csv", "--drop", "state,rest", "--json", "--gap", "20"));
        assertEquals(2, json.at("/summary/channels").size());
        assertEquals(2.0 + 1 / 3.0, json.at("/summary/channels/0/mean").asDouble(), 1e-6);
        assertEquals(0, json.at("/summary/time/gaps").asInt());
        assertEquals("csv", json.at("/format").asString());
        assertEquals(64, json.at("/sha256").asString().length());
    }

    @Test
    void refusesInOneLineAndSaysHowToMend() {
        String file = folder + "/r.csv";
        Refusals.assertRefused(() -> inspect(file), "r.csv line 2, column state: \"ok\" is no number", "label");
        Refusals.assertRefused(() -> inspect(file, "--keep", "sped"), "did you mean speed?");
        Refusals.assertRefused(Kind.NOT_FOUND, () -> inspect(folder + "/q.csv"), "q.csv does not exist");
        Refusals.assertRefused(Kind.USAGE, () -> inspect(file, "--format", "xml"), "choose auto, csv, parquet, cmapss");
        Refusals.assertRefused(Kind.USAGE, () -> inspect(file, "--gap", "0.5"), "above 1");
        Refusals.assertRefused(Kind.USAGE, () -> inspect(file, "--drop", "state", "--time-column", "speed", "--time-unit", "h"),
                "must be s, ms, us or ns");
    }
}
