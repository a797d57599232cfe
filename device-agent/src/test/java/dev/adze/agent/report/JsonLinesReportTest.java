package dev.adze.agent.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.board.BoardState;
import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionFixture;
import dev.adze.agent.ledger.LatencyLedger;
import dev.adze.agent.ledger.Stage;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.runtime.AdzeException;
import dev.adze.profiles.JsonLinesBounds;
import dev.adze.profiles.ProfileReader;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@Timeout(60)
class JsonLinesReportTest {
    @TempDir
    Path folder;

    private static List<JsonNode> parse(Path file) throws Exception {
        return Files.readAllLines(file).stream().map(JsonMapper.shared()::readTree).toList();
    }

    @Test
    void aRunIsTheseLines() throws Exception {
        Path file = folder.resolve("r.jsonl");
        var ledger = new LatencyLedger();
        Decision decision = DecisionFixture.make(7, 1234, true, 2, new float[] {0.1f, -1.5e-7f}, 61_200, 233_871, 2_107, 35_518, 900);
        for (int i = 0; i < 120; i++) {
            ledger.record(decision.stamps());
        }
        try (var report = new JsonLinesReport(file, new JsonLinesBounds(0, 10_000_000, 5), ReportFixtures.run(TaskSpec.Kind.FORECAST), System::nanoTime)) {
            report.started(1000);
            report.decided(decision, new ReadingBuffer(2));
            report.latency(ReportFixtures.snapshot(new LatencyLedger(), 0), 2000, 0.5);
            report.stopped(ReportFixtures.snapshot(ledger, 120), 3000, 60.25, "signal");
        }
        List<JsonNode> lines = parse(file);
        assertEquals(List.of("start", "decision", "latency", "stop"), lines.stream().map(l -> l.get("type").asString()).toList());
        JsonNode start = lines.get(0);
        assertEquals("adze-agent-report/1", start.get("schema").asString());
        assertEquals("odd\"name", start.get("channels").get(1).get("name").asString());
        assertEquals("replay:a\\b#c", start.get("channels").get(1).get("source").asString());
        assertEquals(2, start.get("rateHz").asDouble());
        JsonNode made = lines.get(1);
        assertEquals(7, made.get("slot").asLong());
        assertEquals(0.1f, (float) made.get("outputs").get(0).asDouble());
        assertEquals(-1.5e-7f, (float) made.get("outputs").get(1).asDouble());
        assertEquals(233.871, made.get("us").get("read").asDouble());
        assertEquals(2, made.get("unread").asLong());
        assertTrue(made.get("warm").asBoolean());
        assertTrue(lines.get(2).get("us").get("total").get("p50").isNull());
        assertTrue(lines.get(2).get("us").get("total").get("max").isNull());
        assertEquals("{}", lines.get(2).get("us").get("total").get("interval95").toString());
        JsonNode stop = lines.get(3);
        assertEquals("signal", stop.get("reason").asString());
        assertEquals(120, stop.get("decisions").asLong());
        assertEquals(9, stop.get("readings").get("missing").asLong());
        assertEquals(0, stop.get("droppedLines").asLong());
        assertEquals("[{\"name\":\"odd\\\"name\",\"reason\":\"no answer\"}]", stop.get("unread").toString());
        assertEquals("[]", lines.get(2).get("unread").toString());
        for (Stage stage : Stage.values()) {
            JsonNode figures = stop.get("us").get(stage.label());
            assertEquals(120, figures.get("n").asLong());
            assertEquals(stage.nanos(decision.stamps()) / 1e3, figures.get("p90").asDouble(), 0.011 * stage.nanos(decision.stamps()) / 1e3);
            assertTrue(figures.get("p99").isNull(), "p99 from 120 samples");
            JsonNode intervals = figures.get("interval95");
            assertEquals(List.of("p50", "p90"), List.copyOf(intervals.propertyNames()), "intervals of what is told alone");
            // All samples are equal: so are the ends of the interval, but for the histogram's 0.1 %.
            for (JsonNode end : intervals.get("p90")) {
                assertEquals(stage.nanos(decision.stamps()) / 1e3, end.asDouble(), 0.0011 * stage.nanos(decision.stamps()) / 1e3);
            }
        }
    }

    @Test
    void theSlowestHundredthIsToldByStage() throws Exception {
        Path file = folder.resolve("s.jsonl");
        var ledger = new LatencyLedger();
        try (var report = new JsonLinesReport(file, new JsonLinesBounds(0, 10_000_000, 5), ReportFixtures.run(TaskSpec.Kind.FORECAST), System::nanoTime)) {
            report.latency(ReportFixtures.snapshot(ledger, 0), 1000, 1);
            for (int i = 0; i < 1500; i++) {
                ledger.record(DecisionFixture.make(i, 0, true, 0, new float[2], 1_000, i % 100 == 0 ? 96_000 : 1_000, 1_000, 1_000, 1_000).stamps());
            }
            report.latency(ReportFixtures.snapshot(ledger, 1500), 2000, 2);
        }
        assertTrue(parse(file).get(0).path("slowest").isMissingNode());
        assertEquals("{\"n\":15,\"mean\":100,\"share\":{\"lateness\":0.01,\"read\":0.96,\"preprocess\":0.01,\"inference\":0.01,\"report\":0.01}}",
                parse(file).get(1).get("slowest").toString());
    }

    @Test
    void latenciesAreToldByTheStateOfTheBoard() throws Exception {
        Path file = folder.resolve("b.jsonl");
        var ledger = new LatencyLedger();
        Decision decision = DecisionFixture.make(0, 0, true, 0, new float[2], 10_000, 20_000, 30_000, 40_000, 50_000);
        for (int i = 0; i < 30; i++) {
            ledger.board(new BoardState(i < 5 ? BoardState.Clock.FULL : BoardState.Clock.CAPPED, BoardState.Thermal.COOL), 1_000_000);
            ledger.record(decision.stamps());
        }
        try (var report = new JsonLinesReport(file, new JsonLinesBounds(0, 10_000_000, 5), ReportFixtures.run(TaskSpec.Kind.FORECAST), System::nanoTime)) {
            report.latency(ReportFixtures.snapshot(ledger, 30), 1000, 1);
        }
        JsonNode states = parse(file).getFirst().get("byState");
        assertEquals(2, states.size());
        assertEquals("capped", states.get(0).get("clock").asString());
        assertEquals("cool", states.get(0).get("thermal").asString());
        assertEquals(25, states.get(0).get("n").asLong());
        assertEquals(150, states.get(0).get("mean").asDouble());
        assertEquals(150, states.get(0).get("max").asDouble());
        assertEquals(150, states.get(0).get("p50").asDouble(), 1.5);
        assertEquals(2, states.get(0).get("interval95").get("p50").size());
        assertEquals(5, states.get(1).get("n").asLong());
        assertTrue(states.get(1).get("p50").isNull());
    }

    @Test
    void aClassificationTellsItsClass() throws Exception {
        Path file = folder.resolve("c.jsonl");
        try (var report = new JsonLinesReport(file, new JsonLinesBounds(0, 10_000_000, 5), ReportFixtures.run(TaskSpec.Kind.CLASSIFICATION), System::nanoTime)) {
            report.decided(DecisionFixture.make(0, 0, false, 0, new float[] {900, 900.6931472f}, 1, 1, 1, 1, 1), new ReadingBuffer(2));
        }
        JsonNode made = parse(file).getFirst();
        assertEquals("out1", made.get("class").asString());
        assertEquals(2.0 / 3, made.get("probability").asDouble(), 1e-4);
    }

    @Test
    void outputsThatAreNoNumbersAreNull() throws Exception {
        Path file = folder.resolve("n.jsonl");
        try (var report = new JsonLinesReport(file, new JsonLinesBounds(0, 10_000_000, 5), ReportFixtures.run(TaskSpec.Kind.FORECAST), System::nanoTime)) {
            report.decided(DecisionFixture.make(0, 0, false, 0, new float[] {Float.NaN, Float.POSITIVE_INFINITY}, 1, 1, 1, 1, 1), new ReadingBuffer(2));
        }
        assertTrue(parse(file).getFirst().get("outputs").get(0).isNull());
        assertTrue(parse(file).getFirst().get("outputs").get(1).isNull());
    }

    @Test
    void aLineTornByACrashIsClosedOff() throws Exception {
        Path file = folder.resolve("t.jsonl");
        Files.writeString(file, "{\"type\":\"start\"}\n{\"type\":\"deci");
        try (var report = new JsonLinesReport(file, new JsonLinesBounds(0, 10_000_000, 5), ReportFixtures.run(TaskSpec.Kind.FORECAST), System::nanoTime)) {
            report.started(5);
        }
        List<String> lines = Files.readAllLines(file);
        assertEquals(3, lines.size());
        assertEquals("{\"type\":\"deci", lines.get(1));
        assertEquals(5, JsonMapper.shared().readTree(lines.get(2)).get("time").asLong());
    }

    @Test
    void aFullDiskCostsLinesButNotTheRun() {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.isWritable(full), "no /dev/full here");
        var report = new JsonLinesReport(full, new JsonLinesBounds(0, 10_000_000, 5), ReportFixtures.run(TaskSpec.Kind.FORECAST), System::nanoTime);
        Decision decision = DecisionFixture.make(0, 0, false, 0, new float[] {1, 2}, 1, 1, 1, 1, 1);
        for (int i = 0; i < 5000; i++) {
            report.decided(decision, new ReadingBuffer(2));
        }
        report.close();
        assertEquals(5000, report.dropped());
    }

    @Test
    void anUnwritableFileIsOneLine() {
        var e = Assertions.assertThrows(AdzeException.class,
                () -> new JsonLinesReport(folder.resolve("no/r.jsonl"), new JsonLinesBounds(0, 10_000_000, 5), ReportFixtures.run(TaskSpec.Kind.FORECAST), System::nanoTime).close());
        assertEquals(AdzeException.Kind.CANNOT_WRITE, e.kind());
        assertEquals(1, e.getMessage().lines().count());
    }

    private static Decision decision(long slot) {
        return DecisionFixture.make(slot, slot, true, 0, new float[] {1.5f, 2}, 1, 1, 1, 1, 1);
    }

    @Test
    void filesRotateWithTheHeadOfTheRunInEachAndTheOldestGone() throws Exception {
        Path file = folder.resolve("r.jsonl");
        Files.writeString(folder.resolve("r.jsonl.3"), "of a run that was allowed more files");
        try (var report = new JsonLinesReport(file, new JsonLinesBounds(0, 4000, 3), ReportFixtures.run(TaskSpec.Kind.FORECAST), System::nanoTime)) {
            report.started(77);
            for (int i = 0; i < 200; i++) {
                report.decided(decision(i), new ReadingBuffer(2));
            }
            report.stopped(ReportFixtures.snapshot(new LatencyLedger(), 0), 3000, 60.25, "signal");
            Assertions.assertEquals(0, report.dropped());
        }
        assertEquals(List.of("r.jsonl", "r.jsonl.1", "r.jsonl.2"), names());
        long next = -1;
        for (String name : List.of("r.jsonl.2", "r.jsonl.1", "r.jsonl")) {
            assertTrue(Files.size(folder.resolve(name)) <= 4000, name);
            List<JsonNode> lines = parse(folder.resolve(name));
            assertEquals("start", lines.getFirst().get("type").asString());
            assertTrue(lines.getFirst().get("continued").asBoolean());
            for (JsonNode line : lines) {
                if (line.get("type").asString().equals("decision")) {
                    assertTrue(next < 0 || line.get("slot").asLong() == next, "slot " + line.get("slot") + " after " + next);
                    next = line.get("slot").asLong() + 1;
                }
            }
        }
        assertEquals(200, next);
        assertEquals("stop", parse(file).getLast().get("type").asString());
    }

    @Test
    void aLinkIsFollowedAndNotRotatedAway() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Path link = Files.createSymbolicLink(folder.resolve("link.jsonl"), Files.createFile(disk.resolve("r.jsonl")));
        try (var report = new JsonLinesReport(link, new JsonLinesBounds(0, 2000, 2), ReportFixtures.run(TaskSpec.Kind.FORECAST), System::nanoTime)) {
            for (int i = 0; i < 50; i++) {
                report.decided(decision(i), new ReadingBuffer(2));
            }
        }
        assertEquals(List.of("disk", "link.jsonl"), names());
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(Files.exists(disk.resolve("r.jsonl.1")));
    }

    private List<String> names() throws Exception {
        try (var all = Files.list(folder)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void noHourWritesMoreThanIsAllowedAndTheRestIsCounted() throws Exception {
        Path file = folder.resolve("h.jsonl");
        long[] now = {5};
        try (var report = new JsonLinesReport(file, new JsonLinesBounds(1_000_000, 1_000_000_000, 1), ReportFixtures.run(TaskSpec.Kind.FORECAST), () -> now[0])) {
            report.started(0);
            // Two hours at 100 Hz, latencies every second.
            for (int i = 0; i < 720_000; i++) {
                now[0] += 10_000_000;
                report.decided(decision(i), new ReadingBuffer(2));
                if (i % 100 == 0) {
                    report.latency(ReportFixtures.snapshot(new LatencyLedger(), 0), i, i / 100.0);
                }
                if (i % 100_000 == 0) {
                    report.alarm("hot", true, "x", 1, i);
                }
            }
            report.stopped(ReportFixtures.snapshot(new LatencyLedger(), 0), 3000, 60.25, "signal");
            assertEquals(0, report.dropped());
        }
        long[] bytes = new long[2];
        long decisions = 0;
        long latencies = 0;
        for (String text : Files.readAllLines(file)) {
            JsonNode line = JsonMapper.shared().readTree(text);
            // Decisions and latencies of this test tell their slot as their time.
            bytes[(int) Math.min(1, line.get("time").asLong() / 360_000)] += text.length() + 1;
            decisions += line.get("type").asString().equals("decision") ? 1 : 0;
            latencies += line.get("type").asString().startsWith("latency") ? 1 : 0;
        }
        assertTrue(bytes[0] > 800_000 && bytes[0] <= 1_001_000, bytes[0] + " bytes in the first hour");
        assertTrue(bytes[1] > 700_000 && bytes[1] <= 1_001_000, bytes[1] + " bytes in the second hour");
        assertTrue(decisions > 500, decisions + " decisions");
        assertEquals(8, Files.readAllLines(file).stream().filter(l -> l.contains("\"alarm\"")).count());
        assertEquals(720_000 + 7200 - decisions - latencies, parse(file).getLast().get("leftOutLines").asLong());
    }

    /** A figure for each stage that looks like those of a board: a microsecond to some tens of milliseconds. */
    private static LatencyLedger experienced(int decisions) {
        var random = new Random(7);
        var ledger = new LatencyLedger();
        for (int i = 0; i < decisions; i++) {
            long[] stage = new long[5];
            for (int s = 0; s < stage.length; s++) {
                stage[s] = Math.round(20_000 * Math.exp(1.5 * random.nextGaussian()));
            }
            ledger.record(DecisionFixture.make(i, 0, true, 0, new float[2], stage[0], stage[1], stage[2], stage[3], stage[4]).stamps());
        }
        return ledger;
    }

    /** Until the file's last lines have the text: three hours in a second are more than the writer is made for. */
    private static void awaitEnd(Path file, String text) throws Exception {
        byte[] end = new byte[4096];
        try (var reader = new RandomAccessFile(file.toFile(), "r")) {
            do {
                long from = Math.max(0, reader.length() - end.length);
                reader.seek(from);
                int read = reader.read(end);
                if (read > 0 && new String(end, 0, read, StandardCharsets.UTF_8).contains(text)) {
                    return;
                }
                Thread.onSpinWait();
            } while (true);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 100})
    void byDefaultEveryIntervalHasItsLineAndDecisionsHaveMostOfTheBytes(int rateHz) throws Exception {
        Path file = folder.resolve("d.jsonl");
        int hours = 3;
        long[] now = {5};
        var snapshot = ReportFixtures.snapshot(experienced(20_000), 1_000_000_000L);
        float[] outputs = {48.1937218f, -0.0134217728f};
        var bounds = new JsonLinesBounds(1_000_000, 1_000_000_000, 1);
        assertEquals(bounds.bytesPerHour(), ProfileReader.parse("p.yaml", """
                adze-profile: 1
                name: p
                device: {board: any}
                bundle: b.adze
                sensors: {rate-hz: 1}
                """.getBytes(StandardCharsets.UTF_8), folder).reporting().jsonlBounds().bytesPerHour(), "the default");
        try (var report = new JsonLinesReport(file, bounds, ReportFixtures.run(TaskSpec.Kind.FORECAST), () -> now[0])) {
            report.started(1_795_247_102_499L);
            for (int i = 0; i < hours * 3600 * rateHz; i++) {
                now[0] += 1_000_000_000 / rateHz;
                long time = 1_795_247_102_499L + 1000L * i / rateHz;
                report.decided(DecisionFixture.make(1_000_000 + i, time, true, 0, outputs, 70_412, 233_871, 12_107, 35_518, 900), new ReadingBuffer(2));
                if (i % (10 * rateHz) == 0) {
                    report.latency(snapshot, time, i / (double) rateHz);
                    awaitEnd(file, "\"time\":" + time + ",\"seconds\"");
                }
            }
            assertEquals(0, report.dropped());
        }
        var lines = new long[hours][3];
        var bytes = new long[hours][3];
        for (String text : Files.readAllLines(file)) {
            JsonNode line = JsonMapper.shared().readTree(text);
            int type = List.of("decision", "latency", "latency-brief").indexOf(line.get("type").asString());
            if (type >= 0) {
                int hour = (int) ((line.get("time").asLong() - 1_795_247_102_499L) / 3_600_000);
                lines[hour][type]++;
                bytes[hour][type] += text.length() + 1;
            }
        }
        for (int hour = 0; hour < hours; hour++) {
            String what = "hour " + hour + ": " + Arrays.toString(lines[hour]) + " lines, " + Arrays.toString(bytes[hour]) + " bytes";
            assertEquals(360, lines[hour][1] + lines[hour][2], what);
            assertTrue(lines[hour][1] >= 60, what);
            assertTrue(bytes[hour][0] >= 440_000, what);
            assertTrue(Arrays.stream(bytes[hour]).sum() <= 1_000_000, what);
        }
    }

    @Test
    void aBriefLineHasTheCountersAndTheWholeWay() throws Exception {
        Path file = folder.resolve("s.jsonl");
        try (var report = new JsonLinesReport(file, new JsonLinesBounds(20_000, 1_000_000_000, 1), ReportFixtures.run(TaskSpec.Kind.FORECAST), () -> 0)) {
            var snapshot = ReportFixtures.snapshot(experienced(20_000), 20_000);
            report.latency(snapshot, 1000, 1);
            report.latency(snapshot, 1000, 1);
            report.latency(snapshot, 1000, 1);
            report.stopped(snapshot, 1000, 1, "signal");
        }
        List<JsonNode> lines = parse(file);
        assertEquals(List.of("latency-brief", "latency-brief", "latency-brief", "stop"), lines.stream().map(l -> l.get("type").asString()).toList());
        var brief = (ObjectNode) lines.getFirst();
        var whole = (ObjectNode) lines.getLast();
        assertEquals(whole.get("us").get("total"), brief.get("us").get("total"));
        assertEquals(List.of("total"), List.copyOf(brief.get("us").propertyNames()));
        for (ObjectNode line : List.of(brief, whole)) {
            line.remove(List.of("type", "us", "slowest", "byState", "reason"));
        }
        assertEquals(whole, brief);
    }
}
