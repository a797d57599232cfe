package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.TestBundles;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A live run on this host's own sensors, asked about while it runs, and made again from its recording. */
@Timeout(120)
class RunningAgentTest {
    @TempDir
    Path folder;

    private Path writeProfile() throws Exception {
        TestBundles.write(folder.resolve("m.adze"), 100, TestBundles.channel("cpu.busy", "%"),
                TestBundles.channel("mem.available", "%"), TestBundles.channel("sched.runnable", ""));
        return Files.writeString(folder.resolve("p.yaml"), """
                adze-profile: 1
                name: live   # hunter2 in a comment
                device: {board: this host}
                bundle: m.adze
                sensors: {rate-hz: 10}
                runtime: {kernel: scalar}
                serve: {http: {port: 0}}
                alarms:
                  - {name: never, output: out0, below: -1, command: [echo, hunter2], webhook: "https://bob:hunter2@ops.example/hunter2"}
                reporting: {console-interval-s: 0, jsonl: out.jsonl}
                """);
    }

    @Test
    void itIsSeenWhileItRunsAndItsRecordingGivesTheSameDecisionsBitForBit() throws Exception {
        Path profile = writeProfile();
        Path recording = folder.resolve("rec.csv.gz");
        var process = new AgentProcess(folder, "run", "--profile", profile.toString(), "--record", recording.toString());
        process.awaitLine("test-model");
        String port = process.awaitLine("serving HTTP on port ").replaceAll(".* ", "");
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String body : new String[] {"{\"inputs\":[{\"name\":\"sensors\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[9,8,7]}]}", "{}"}) {
                http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/models/test-model/infer"))
                        .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.discarding());
            }
        }
        String socket = folder.resolve("adze/live.sock").toString();
        JsonNode status = null;
        while (status == null || status.path("decisions").asLong() < 25) {
            Captured asked = Captured.run("status", "--json", "--socket", socket);
            status = asked.code() == 0 ? JsonMapper.shared().readTree(asked.out()) : null;
        }
        assertEquals("adze-agent-status/1", status.get("schema").asString());
        assertEquals("scalar", status.get("kernel").asString());
        assertEquals(3, status.get("channels").size());
        assertEquals("{\"asked\":2,\"answered\":1,\"overloaded\":0,\"refused\":1,\"underWay\":0,\"sequences\":0,\"forgottenSequences\":0}",
                status.get("serving").toString());
        assertTrue(status.get("outputs").get(0).get("value").isNumber());
        assertEquals(status.get("decisions").asLong(), status.get("us").get("total").get("n").asLong());
        assertEquals(status.get("decisions").asLong(),
                status.get("histogram").valueStream().mapToLong(b -> b.get("n").asLong()).sum());

        assertEquals(status.get("decisions").asLong(), status.get("byState").valueStream().mapToLong(s -> s.get("n").asLong()).sum());
        JsonNode interval = status.at("/us/total/interval95/p50");
        double median = status.at("/us/total/p50").asDouble();
        assertTrue(interval.get(0).asDouble() <= median && median <= interval.get(1).asDouble(), status.get("us").toString());
        assertFalse(status.at("/us/total/interval95").has("p99"), "p99 is not told from so few");
        assertTrue(Captured.run("status", "--socket", socket).out().matches("(?s).*95 % OF us .*\\n  total +[0-9.]+\\.\\.[0-9.]+ .*n/a.*"));

        Captured top = Captured.run("top", "--once", "--socket", socket);
        assertEquals(0, top.code(), top.err());
        for (String part : new String[] {"test-model (fp32, scalar)  profile live  10 Hz", "PREDICTION", "out1", "LATENCY us", "SENSORS", "mem.available"}) {
            assertTrue(top.out().contains(part), part + " in\n" + top.out());
        }
        assertEquals(8, Captured.run("status", "--socket", socket, "--agent", "other").code());

        Path zip = folder.resolve("s.zip");
        assertEquals(0, Captured.run("support-bundle", "--profile", profile.toString(), "--socket", socket, "--output", zip.toString()).code());
        Map<String, String> files = unzip(zip);
        assertEquals("live", JsonMapper.shared().readTree(files.get("status.json")).path("profile").asString());
        assertEquals("test-model", JsonMapper.shared().readTree(files.get("bundle.json")).at("/manifest/name").asString());
        assertTrue(files.get("report.jsonl").contains("\"type\":\"decision\""));
        assertTrue(files.get("doctor.txt").contains("processor") && files.get("versions.txt").contains("adze-agent"));
        assertEquals("https://ops.example/(removed)", JsonMapper.shared().readTree(files.get("profile.json")).at("/alarms/0/webhook").asString());
        files.forEach((name, text) -> assertFalse(text.contains("hunter2"), name + " has the secret"));

        process.signal("TERM");
        assertEquals(0, process.awaitExit(), process.errors());
        assertFalse(Files.exists(Path.of(socket)), "the socket is left");
        Captured after = Captured.run("status", "--socket", socket);
        assertEquals(8, after.code());
        assertTrue(after.err().startsWith("adze-agent: error: no agent is running"), after.err());

        String bundle = folder.resolve("m.adze").toString();
        Captured replay = Captured.run("replay", bundle, recording.toString(), "--against", folder.resolve("out.jsonl").toString(),
                "--jsonl", folder.resolve("again.jsonl").toString());
        assertEquals(0, replay.code(), replay.err());
        assertTrue(replay.out().matches("(?s).*\\d\\d+ decisions are those of .*out.jsonl, bit for bit; 0 are not in it\\s*"), replay.out());
        assertEquals(Captured.run("replay", bundle, recording.toString()).out().lines().findFirst(), replay.out().lines().findFirst());

        // One bit of one output.
        String report = Files.readString(folder.resolve("out.jsonl"));
        String line = report.lines().filter(l -> l.contains("\"type\":\"decision\"")).skip(5).findFirst().orElse("");
        float output = (float) JsonMapper.shared().readTree(line).at("/outputs/0").asDouble();
        Path forged = Files.writeString(folder.resolve("forged.jsonl"), report.replace(line,
                line.replaceFirst("\"outputs\":\\[[^,]*", "\"outputs\":[" + Math.nextUp(output))));
        Captured differs = Captured.run("replay", bundle, recording.toString(), "--against", forged.toString());
        assertEquals(7, differs.code(), differs.out());
        assertTrue(differs.err().matches("(?s).*slot \\d+ output 0 was .*"), differs.err());
    }

    private static Map<String, String> unzip(Path zip) throws Exception {
        var files = new HashMap<String, String>();
        try (var in = new ZipFile(zip.toFile())) {
            for (var entry : in.stream().toList()) {
                files.put(entry.getName(), new String(in.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }

    @Test
    void missedSlotsOfARecordingAreMissedAgainAndRowsTooCloseAreRefused() throws Exception {
        writeProfile();
        String bundle = folder.resolve("m.adze").toString();
        Path gaps = Files.writeString(folder.resolve("gaps.csv"), """
                time[ms],cpu.busy[%],mem.available[%],sched.runnable
                5000,1,2,3
                5100,1.5,,3
                5400,2,2,4
                5501,3,2,4
                """);
        Captured replay = Captured.run("replay", bundle, gaps.toString(), "--jsonl", folder.resolve("g.jsonl").toString());
        assertEquals(0, replay.code(), replay.err());
        assertTrue(replay.out().startsWith("4 decisions, 2 missed slots, "), replay.out());
        assertEquals("0 1 4 5", String.join(" ", Files.readAllLines(folder.resolve("g.jsonl")).stream().map(JsonMapper.shared()::readTree)
                .filter(l -> l.get("type").asString().equals("decision")).map(l -> l.get("slot").asString()).toList()));
        Path close = Files.writeString(folder.resolve("close.csv"), "time[ms],cpu.busy[%],mem.available[%],sched.runnable\n0,1,2,3\n20,1,2,3\n");
        Captured refused = Captured.run("replay", bundle, close.toString());
        assertEquals(4, refused.code());
        assertTrue(refused.err().contains("give the recording's own rate with --rate"), refused.err());
        assertEquals(3, Captured.run("replay", bundle, folder.resolve("none.csv").toString()).code());
        assertEquals(2, Captured.run("replay", bundle, gaps.toString(), "--after-gap", "jump").code());
    }

    @Test
    void whatIsNoRecordingOrReportIsToldInOneLine() throws Exception {
        writeProfile();
        String bundle = folder.resolve("m.adze").toString();
        String title = "time[ms],cpu.busy[%],mem.available[%],sched.runnable\n";
        Path good = Files.writeString(folder.resolve("good.csv"), title + "0,1,2,3\n100,1,2,3\n");
        assertRefusedReplay(4, "line 4: the time is not a whole number of milliseconds", bundle,
                Files.writeString(folder.resolve("time.csv"), title + "0,1,2,3\n100,1,2,3\n99999999999999999999,1,2,3\n300,1,2,3\n").toString());
        assertRefusedReplay(3, " is a folder; name the recording in it", bundle, folder.toString());
        assertRefusedReplay(4, "a line of more than 1 MiB", bundle, Files.write(folder.resolve("zeros.csv"), new byte[3 << 20]).toString());
        assertRefusedReplay(4, "a line of more than 1 MiB", bundle, Files.writeString(folder.resolve("later.csv"), title + "0,1,2,3\n100,"
                + "1".repeat(3 << 20)).toString());
        assertRefusedReplay(4, "is cut off in its first line", bundle, Files.write(folder.resolve("cut.csv.gz"), new byte[0]).toString());
        assertRefusedReplay(8, "has no channel mem.available; it has cpu.busy, fan.speed", bundle,
                Files.writeString(folder.resolve("few.csv"), "time[ms],cpu.busy[%],fan.speed[1/min],sched.runnable\n0,1,2,3\n").toString());
        assertRefusedReplay(3, "there is no report", bundle, good.toString(), "--against", folder.resolve("none.jsonl").toString());
        assertRefusedReplay(4, "is no text, or a folder", bundle, good.toString(), "--against", folder.toString());
        assertRefusedReplay(4, "is no text, or a folder", bundle, good.toString(), "--against", bundle);
        assertRefusedReplay(4, "has no decisions", bundle, good.toString(), "--against", good.toString());
    }

    private static void assertRefusedReplay(int code, String message, String... args) throws Exception {
        var all = new ArrayList<>(List.of("replay"));
        all.addAll(List.of(args));
        Captured refused = Captured.run(all.toArray(String[]::new));
        assertEquals(code, refused.code(), refused.err());
        assertTrue(refused.err().contains(message), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
    }

    @Test
    void benchSaysWhatTheRulesAskFor() throws Exception {
        writeProfile();
        Captured bench = Captured.run("bench", folder.resolve("m.adze").toString(), "--single-stream", "--min-duration", "200ms",
                "--min-queries", "700");
        assertEquals(0, bench.code(), bench.err());
        assertTrue(bench.out().contains("p90: ") && bench.out().contains("p99: ") && bench.out().contains("by early stopping"), bench.out());
        assertTrue(bench.out().contains("shorter than the 600 s of MLPerf's rules"), bench.out());
        assertEquals(2, Captured.run("bench", folder.resolve("m.adze").toString()).code());
    }
}
