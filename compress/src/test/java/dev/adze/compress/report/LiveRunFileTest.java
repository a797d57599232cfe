package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveRunFileTest {
    private static final String START = """
            {"type":"start","schema":"adze-agent-report/1","time":1,"agent":"0.1.0","profile":"host","bundle":"m.adze",\
            "model":"student","precision":"int8","kernel":"vector","rateHz":2}
            """;
    private static final String DECISION = """
            {"type":"decision","slot":0,"time":1,"warm":true,"unread":0,"outputs":[1.5],"us":{"lateness":60.1}}
            """;
    private static final String FIGURES = """
            "time":9,"seconds":20.25,"decisions":4000,"missedSlots":2,"sensorTimeouts":0,"quarantinedGroups":0,\
            "readings":{"ok":128000,"invalid":1,"missing":3},"droppedLines":0,"us":{\
            "lateness":{"n":4000,"mean":62.1,"p50":61.2,"p90":95,"p99":130.25,"p99.9":null,"max":201.5},\
            "total":{"n":0,"mean":null,"p50":null,"p90":null,"p99":null,"p99.9":null,"max":null}}""";

    @TempDir
    private Path folder;

    private LiveRun read(String content) throws IOException {
        return LiveRunFile.read(Files.writeString(folder.resolve("agent.jsonl"), content));
    }

    @Test
    void theFinalFiguresOfTheLastRunCount() throws IOException {
        String stop = "{\"type\":\"stop\"," + FIGURES + ",\"reason\":\"SIGTERM\"}\n";
        String other = stop.replace("61.2", "999").replace("SIGTERM", "duration");
        LiveRun run = read(START + DECISION + other + START + DECISION + "{\"type\":\"deci\n" + stop);
        assertEquals(List.of(new LatencySummary("lateness", 4000, 61.2, 95.0, 130.25, null, 201.5),
                new LatencySummary("total", 0, null, null, null, null, null)), run.stages());
        assertEquals("Model student (int8, vector) at 2 Hz on live sensors for 20 s.", run.description());
        assertTrue(run.facts().contains(new KeyValue("readings ok", "128,000")));
        assertTrue(run.facts().contains(new KeyValue("stopped by", "SIGTERM")));
    }

    @Test
    void anAgentThatWasKilledLeavesItsLastFigures() throws IOException {
        LiveRun run = read(START + "{\"type\":\"latency\"," + FIGURES + "}\n" + DECISION + "{\"type\":\"lat");
        assertEquals(61.2, run.stages().getFirst().p50());
        assertTrue(run.facts().getLast().value().startsWith("nothing it could report"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "[1]\nnull\n7\n", "\u0000\u0001", "{\"type\":\"stop\"}", "{\"type\":7}"})
    void aFileWithoutARunIsRefused(String content) {
        AdzeException e = assertThrows(AdzeException.class, () -> read(content));
        assertEquals(AdzeException.Kind.BAD_DATA, e.kind());
        assertTrue(e.getMessage().contains("\"start\""), e.getMessage());
    }

    @Test
    void aRunWithoutFiguresOrOfAnotherSchemaIsRefused() {
        assertEquals(AdzeException.Kind.BAD_DATA,
                assertThrows(AdzeException.class, () -> read(START + DECISION)).kind());
        String future = START.replace("report/1", "report/2") + "{\"type\":\"stop\"," + FIGURES + "}";
        assertTrue(assertThrows(AdzeException.class, () -> read(future)).getMessage().contains("adze-agent-report/2"));
    }

    @Test
    void aMissingFileIsNotFound() {
        assertEquals(AdzeException.Kind.NOT_FOUND, assertThrows(AdzeException.class,
                () -> LiveRunFile.read(folder.resolve("none.jsonl"))).kind());
    }
}
