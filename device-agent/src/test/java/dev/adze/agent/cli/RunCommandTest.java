package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.agent.TestBundles;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.session.EdgeModel;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
class RunCommandTest {
    @TempDir
    Path folder;

    private Path bundle;

    @BeforeEach
    void makeBundle() {
        bundle = TestBundles.write(folder.resolve("m.adze"), 250, TestBundles.channel("cpu.busy", "%"),
                TestBundles.channel("mem.available", "%"), TestBundles.channel("sched.runnable", ""));
    }

    private Path profile(String name, String... more) throws Exception {
        // Measuring the engines takes seconds; the tests that are about it ask for it.
        boolean asks = List.of(more).contains("runtime:");
        List<String> sensors = new ArrayList<>(List.of(more));
        sensors.addAll(asks ? List.of() : List.of("runtime:", "  kernel: scalar"));
        return Files.writeString(folder.resolve(name), """
                adze-profile: 1
                name: test
                device:
                  board: this host
                bundle: m.adze
                sensors:
                  rate-hz: 4
                  deadline-ms: 250
                %s
                reporting:
                  console-interval-s: 1
                  jsonl: out.jsonl
                  prometheus:
                    port: 0
                """.formatted(String.join("\n", sensors)));
    }

    private static List<JsonNode> lines(Path file) throws Exception {
        return Files.readAllLines(file).stream().map(JsonMapper.shared()::readTree).toList();
    }

    private static double scrape(String address, String metric) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String body = client.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString()).body();
            return body.lines().filter(l -> l.startsWith(metric + " ")).mapToDouble(l -> Double.parseDouble(l.split(" ")[1]))
                    .findFirst().orElseThrow(() -> new AssertionError("no " + metric + " in " + body));
        }
    }

    @Test
    void sigtermLeavesACompleteReportAndExitCodeZero() throws Exception {
        var process = new AgentProcess(folder, "run", "--profile", profile("p.yaml", "runtime:", "  threads: 2",
                "  pin: " + !KernelChoice.nativeTiers().isEmpty()).toString());
        String address = process.awaitLine("metrics on ").replaceAll(".*(http\\S+).*", "$1");
        double decisions = 0;
        while (decisions < 12) {
            decisions = scrape(address, "adze_decisions_total");
        }
        assertTrue(scrape(address, "adze_decision_timestamp_seconds") > 1e9);
        process.signal("TERM");
        assertEquals(0, process.awaitExit(), process.errors());

        List<JsonNode> lines = lines(folder.resolve("out.jsonl"));
        assertEquals("start", lines.getFirst().get("type").asString());
        assertEquals(3, lines.getFirst().get("channels").size());
        JsonNode stop = lines.getLast();
        assertEquals("stop", stop.get("type").asString());
        assertEquals("signal", stop.get("reason").asString());
        List<JsonNode> made = lines.stream().filter(l -> l.get("type").asString().equals("decision")).toList();
        assertEquals(stop.get("decisions").asLong(), made.size());
        assertTrue(made.size() >= 12, made.size() + " decisions");
        assertTrue(lines.stream().anyMatch(l -> l.get("type").asString().equals("latency")), "no interim report");
        assertEquals(made.getLast().get("slot").asLong() + 1, made.size() + stop.get("missedSlots").asLong());
        assertEquals(made.size(), stop.get("us").get("total").get("n").asLong());
        assertTrue(stop.get("us").get("total").get("p99").isNull(), "p99 from " + made.size() + " samples");
        assertTrue(made.stream().anyMatch(d -> d.get("unread").asLong() == 0), "figures of this host are always missing");
        for (JsonNode decision : made) {
            double output = decision.get("outputs").get(0).asDouble();
            assertTrue(output >= 0 && output <= 100, decision.toString());
        }
        assertTrue(process.output().contains("test-model (fp32, "), process.output());
        assertTrue(process.output().contains("stopped: signal"), process.output());
        assertTrue(process.output().contains("latency ms"), process.output());
        assertEquals("", process.errors());
    }

    @Test
    void aSignalDuringTheStartEndsItWithExitCodeZeroToo() throws Exception {
        // Engines are measured for a second and more, during which the bundle is mapped.
        var process = new AgentProcess(folder, "run", "--profile", profile("p.yaml", "runtime:", "  kernel: auto").toString());
        process.awaitMapped(bundle);
        process.signal("TERM");
        assertEquals(0, process.awaitExit(), process.errors());
        assertEquals("", process.output());
        assertEquals("", process.errors());
    }

    @Test
    void whatADiskTakesNotOfTheAnswerIsAnError() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "skipped: there is no /dev/full here");
        var process = AgentProcess.printingTo(folder, Path.of("/dev/full"), "sensors");
        assertEquals(6, process.awaitExit(), process.errors());
        assertEquals("adze-agent: error: standard output is not whole: No space left on device; write it to where there is room", process.errors());
    }

    @Test
    void autoTellsTheMeasuredTableAndRemembersIt() throws Exception {
        String profile = profile("p.yaml", "runtime:", "  kernel: auto").toString();
        var first = new AgentProcess(folder, "run", "--profile", profile, "--duration", "500ms", "--metrics", "off");
        assertEquals(0, first.awaitExit(), first.errors());
        List<String> table = first.output().lines().filter(l -> l.contains("a step (")).toList();
        assertEquals(1, table.stream().filter(l -> l.endsWith(", chosen")).count(), first.output());
        assertTrue(table.stream().anyMatch(l -> l.startsWith("scalar: p99 ")), first.output());
        String chosen = table.stream().filter(l -> l.endsWith(", chosen")).findFirst().orElseThrow().split(":")[0];
        assertEquals(chosen, lines(folder.resolve("out.jsonl")).getFirst().get("kernel").asString());
        var second = new AgentProcess(folder, "run", "--profile", profile, "--duration", "500ms", "--metrics", "off");
        assertEquals(0, second.awaitExit(), second.errors());
        // Measured anew, the times would differ.
        assertEquals(table, second.output().lines().filter(l -> l.contains("a step (")).toList());
    }

    @Test
    void aRestartGoesOnFromTheMemoryOfTheRunBefore() throws Exception {
        String profile = profile("p.yaml", "state:", "  folder: memory", "  after-gap: hold").toString();
        var first = new AgentProcess(folder, "run", "--profile", profile, "--duration", "2s");
        assertEquals(0, first.awaitExit(), first.errors());
        assertTrue(first.output().contains("no memory of an earlier run: begins afresh"), first.output());
        var second = new AgentProcess(folder, "run", "--profile", profile, "--duration", "4s");
        assertEquals(0, second.awaitExit(), second.errors());
        assertTrue(second.output().contains("goes on from the memory of an earlier run, "), second.output());
        List<JsonNode> made = lines(folder.resolve("out.jsonl")).stream().filter(l -> l.get("type").asString().equals("decision")).toList();
        // 20 steps make the model warm: more than either run has alone.
        assertFalse(made.getFirst().get("warm").asBoolean());
        assertTrue(made.size() < 20 || made.getLast().get("warm").asBoolean(), made.size() + " decisions");
        assertTrue(Files.size(folder.resolve("memory/session.state")) > 100);
    }

    @Test
    void aSecondAgentIsKeptOutOfTheFoldersOfTheFirst() throws Exception {
        Path one = profile("p.yaml", "state:", "  folder: memory");
        // The same folder by another way, and for another purpose.
        Files.createDirectory(folder.resolve("memory"));
        Files.createSymbolicLink(folder.resolve("same"), folder.resolve("memory"));
        Path two = Files.writeString(folder.resolve("two.yaml"), Files.readString(profile("two.yaml"))
                + "  forward: {folder: same}\n  mqtt: {server: 'mqtt://127.0.0.1:1'}\n");
        var first = new AgentProcess(folder, "run", "--profile", one.toString());
        first.awaitLine("begins afresh");
        assertRefused(8, "another agent runs with reporting.forward.folder " + folder.resolve("memory").toRealPath(), "run", "--profile", two.toString(),
                "--metrics", "off");
        assertRefused(8, "another agent runs with state.folder", "run", "--profile", one.toString(), "--metrics", "off");
        first.signal("KILL");
        first.awaitExit();
        var next = new AgentProcess(folder, "run", "--profile", one.toString(), "--duration", "1s");
        assertEquals(0, next.awaitExit(), next.errors());
    }

    @Test
    void anAlarmIsReportedAndItsProgramStarted() throws Exception {
        // The outputs are percentages: never below -1, always above it.
        String profile = profile("p.yaml", "state:", "  folder: memory", "alarms:",
                "  - {name: always, output: out0, above: -1, times: 2, command: [touch, " + folder.resolve("acted") + "]}",
                "  - {name: never, output: out1, below: -1}").toString();
        // Warm after 20 steps at 4 Hz.
        var process = new AgentProcess(folder, "run", "--profile", profile, "--duration", "7s");
        assertEquals(0, process.awaitExit());
        List<JsonNode> alarms = lines(folder.resolve("out.jsonl")).stream().filter(l -> l.get("type").asString().equals("alarm")).toList();
        assertEquals(1, alarms.size(), alarms.toString());
        assertEquals("always", alarms.getFirst().get("name").asString());
        assertEquals("raised", alarms.getFirst().get("state").asString());
        assertTrue(alarms.getFirst().get("value").asDouble() >= 0);
        assertTrue(Files.exists(folder.resolve("acted")));
        assertTrue(process.errors().startsWith("adze-agent: alarm always raised: out0 is "), process.errors());
    }

    @Test
    void aReplayedRecordingGivesTheModelsOwnOutputsBitForBit() throws Exception {
        var csv = new StringBuilder("time[ms],load[%],mem[%],run\n");
        float[][] rows = new float[15][3];
        for (int k = 0; k < rows.length; k++) {
            rows[k] = new float[] {10 + 3.25f * k, 80 - k, k % 4 == 2 ? Float.NaN : k};
            csv.append(String.format(Locale.ROOT, "%d,%s,%s,%s%n", 5000 + 250 * k, rows[k][0], rows[k][1], k % 4 == 2 ? "" : rows[k][2]));
        }
        Files.writeString(folder.resolve("rec.csv"), csv);
        Path profile = profile("replay.yaml", "  channels:", "    cpu.busy: replay:rec.csv#load",
                "    mem.available: replay:rec.csv#mem", "    sched.runnable: replay:rec.csv#run");
        var process = new AgentProcess(folder, "run", "--profile", profile.toString(), "--duration", "3.75s", "--metrics", "off");
        assertEquals(0, process.awaitExit(), process.errors());
        List<JsonNode> lines = lines(folder.resolve("out.jsonl"));
        assertEquals("duration", lines.getLast().get("reason").asString());
        int compared = 0;
        try (EdgeModel model = EdgeModel.open(bundle, KernelChoice.scalar()); var session = model.newModelSession()) {
            float[] expected = new float[2];
            int step = 0;
            for (JsonNode line : lines) {
                if (!line.get("type").asString().equals("decision")) {
                    continue;
                }
                long slot = line.get("slot").asLong();
                for (; step < slot; step++) {
                    // The machine was too busy for these: the model was given a step without values.
                    session.preprocess(new float[] {Float.NaN, Float.NaN, Float.NaN});
                    session.infer(expected);
                }
                session.preprocess(rows[(int) slot].clone());
                session.infer(expected);
                step++;
                for (int i = 0; i < 2; i++) {
                    assertEquals(expected[i], (float) line.get("outputs").get(i).asDouble(), "slot " + slot + " output " + i);
                }
                assertEquals(slot % 4 == 2 ? 1 : 0, line.get("unread").asLong(), "slot " + slot);
                compared++;
            }
        }
        assertTrue(compared >= 5, compared + " decisions compared");
        assertTrue(process.output().contains("stopped: duration"), process.output());
    }

    private void assertRefused(int code, String message, String... args) {
        var err = new java.io.ByteArrayOutputStream();
        java.io.PrintStream before = System.err;
        System.setErr(new java.io.PrintStream(err, true));
        int actual;
        try {
            actual = Main.run(args);
        } finally {
            System.setErr(before);
        }
        assertEquals(code, actual, err.toString());
        assertTrue(err.toString().startsWith("adze-agent: error: ") && err.toString().contains(message), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
    }

    @Test
    void whatDoesNotFitIsOneLineWithItsExitCode() throws Exception {
        String good = profile("p.yaml").toString();
        assertRefused(2, "no command given");
        assertRefused(2, "--profile", "run");
        assertRefused(2, "there is no command 'statsu'; did you mean status", "statsu");
        assertRefused(2, "there is no command 'zzzzzzzz'; see `adze-agent --help`", "zzzzzzzz");
        assertRefused(2, "there is no option --profil; did you mean --profile", "run", "--profil", good);
        assertRefused(2, "'x' is one argument too many; see `adze-agent doctor --help`", "doctor", "x");
        assertRefused(2, "'fast' is not a number", "run", "--profile", good, "--rate", "fast");
        assertRefused(2, "'a?b' is no name of a file: Nul character not allowed", "run", "--profile", good, "--bundle", "a\0b");
        assertRefused(2, "'a?b' is no name of a file: Nul character not allowed", "replay", "a\0b", "x.csv");
        assertRefused(3, "no-such.yaml", "run", "--profile", folder.resolve("no-such.yaml").toString());
        assertRefused(2, "names no bundle", "run", "--profile", "this-host");
        assertRefused(3, "gone.adze", "run", "--profile", good, "--bundle", folder.resolve("gone.adze").toString());
        assertRefused(2, "steps every 250 ms, but " + good + " samples at 10.0 Hz; set sensors.rate-hz (or --rate) to 4.0", "run",
                "--profile", good, "--rate", "10");
        assertRefused(2, "--metrics x", "run", "--profile", good, "--metrics", "x");
        assertRefused(2, "--duration never", "run", "--profile", good, "--duration", "never", "--metrics", "off");
        assertRefused(6, "cannot write " + folder.resolve("no/x.jsonl"), "run", "--profile", good, "--jsonl",
                folder.resolve("no/x.jsonl").toString(), "--metrics", "off");
        assertRefused(8, "this device has no channel mem.availabel; did you mean mem.available?", "run", "--profile",
                profile("q.yaml", "  channels:", "    mem.available: host:mem.availabel").toString());
        assertRefused(8, "measures channel mem.anon in MiB, but % is asked for", "run", "--profile",
                profile("r.yaml", "  channels:", "    mem.available: host:mem.anon").toString());
        assertRefused(2, "sensors.devices.host: this device has a group host already", "sensors", "--profile",
                profile("h.yaml", "  devices:", "    host: {driver: lm75, bus: i2c-1, address: 0x48}").toString());
        assertRefused(8, "this device has no channel thermal.no-such-zone", "run", "--profile",
                profile("s.yaml", "  channels:", "    mem.available: thermal:no-such-zone").toString());
        assertRefused(2, "must be replay:FILE#COLUMN", "run", "--profile",
                profile("t.yaml", "  channels:", "    mem.available: replay:rec.csv").toString());
        try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            assertRefused(8, "cannot listen for metrics on 127.0.0.1:" + taken.getLocalPort(), "run", "--profile", good,
                    "--metrics", Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void profilesAreCheckedWithoutRunningThem() throws Exception {
        Path good = profile("p.yaml");
        Path typo = profile("typo.yaml", "  channels:", "    cpu.bussy: host:cpu.user");
        Path fast = Files.writeString(folder.resolve("fast.yaml"), Files.readString(good).replace("rate-hz: 4", "rate-hz: 5").replace("deadline-ms: 250", ""));
        Path absent = Files.writeString(folder.resolve("absent.yaml"), Files.readString(good).replace("m.adze", "gone.adze"));
        Captured all = Captured.run("check", good.toString(), fast.toString(), typo.toString(), absent.toString(), folder.resolve("no.yaml").toString());
        assertEquals(2, all.code(), all.err());
        assertEquals(List.of(good + ": profile test, model test-model (" + bundle + ")", typo + ": profile test, model test-model (" + bundle + ")",
                absent + ": profile test; its bundle " + folder.resolve("gone.adze") + " is not here"), all.out().lines().toList());
        List<String> errors = all.err().lines().toList();
        assertEquals(3, errors.size(), all.err());
        assertTrue(errors.get(0).contains("steps every 250 ms, but " + fast + " samples at 5.0 Hz"), all.err());
        assertEquals("adze-agent: warning: " + typo + " has a source for channel cpu.bussy, which the model test-model does not have; did you mean cpu.busy?",
                errors.get(1));
        assertTrue(errors.get(2).contains("no.yaml"), all.err());

        assertEquals(0, Captured.run("check", good.toString(), "--here").code());
        assertEquals(3, Captured.run("check", good.toString(), "--bundle", folder.resolve("gone.adze").toString()).code());
        String mqtt = "  forward: {folder: w}\n  mqtt: {server: 'mqtt://b'}\n";
        Path one = Files.writeString(folder.resolve("one.yaml"), Files.readString(good) + mqtt);
        Path two = Files.writeString(folder.resolve("two.yaml"), Files.readString(good) + mqtt);
        Captured twice = Captured.run("check", one.toString(), two.toString());
        assertEquals(2, twice.code());
        assertTrue(twice.err().contains(two + " and " + one + " have the same MQTT client-id, adze-test"), twice.err());
    }

    @Test
    void aDamagedBundleIsRefused() throws Exception {
        byte[] bytes = Files.readAllBytes(bundle);
        bytes[bytes.length / 2] ^= 1;
        Files.write(bundle, bytes);
        assertRefused(5, "m.adze", "run", "--profile", profile("p.yaml").toString());
    }
}
