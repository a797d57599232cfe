package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.TestBundles;
import dev.adze.agent.install.Incoming;
import dev.adze.agent.install.Release;
import dev.adze.agent.install.Releases;
import dev.adze.agent.state.MemoryFiles;
import dev.adze.profiles.ProfileReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
class InstallCommandTest {
    @TempDir
    Path folder;

    private String into;
    private String bundle;
    private String other;

    @BeforeEach
    void makeBundles() {
        into = folder.resolve("installed").toString();
        bundle = TestBundles.write(folder.resolve("m.adze"), 250, TestBundles.channel("cpu.busy", "%")).toString();
        other = TestBundles.write(folder.resolve("n.adze"), 250, TestBundles.channel("mem.available", "%")).toString();
    }

    private String profile(String name, String... more) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), """
                adze-profile: 1
                name: %s
                device: {board: this host}
                runtime: {kernel: scalar}
                sensors:
                  rate-hz: 4
                %s
                reporting: {console-interval-s: 1, jsonl: out.jsonl}
                """.formatted(name, String.join("\n", more))).toString();
    }

    private Captured install(String... args) {
        return Captured.run(Stream.concat(Stream.of("install", "--into", into), Stream.of(args)).toArray(String[]::new));
    }

    private void assertInstalled(String line, String... args) {
        Captured done = install(args);
        assertEquals("", done.err());
        assertEquals(line.replace("INTO", into) + ". It counts from the agent's next start\n", done.out());
        assertEquals(0, done.code());
    }

    private static void assertRefused(int code, String message, Captured done) {
        assertEquals(code, done.code(), done.err());
        assertTrue(done.err().startsWith("adze-agent: error: ") && done.err().contains(message), done.err());
        assertEquals(1, done.err().lines().count(), done.err());
        assertEquals("", done.out());
    }

    private Map<String, String> snapshot() throws IOException {
        var all = new TreeMap<String, String>();
        try (Stream<Path> files = Files.list(Path.of(into))) {
            for (Path file : files.toList()) {
                all.put(file.getFileName().toString(), java.util.Arrays.hashCode(Files.readAllBytes(file)) + " " + Files.getLastModifiedTime(file));
            }
        }
        return all;
    }

    @Test
    void eachLineTellsWhatWasInstalledAndWhatItReplaces() throws Exception {
        assertInstalled("installed release 1 in INTO: model test-model, profile a; the first one there", "--bundle", bundle, "--profile", profile("a"));
        assertInstalled("installed release 2 in INTO: model test-model, profile a (as before); replaces release 1: model test-model, profile a",
                "--bundle", other);
        assertInstalled("installed release 3 in INTO: model test-model (as before), profile b; replaces release 2: model test-model, profile a",
                "--profile", profile("b"));
        Release now = Releases.in(Path.of(into)).current();
        assertEquals(List.of("release-2.adze", "release-3.yaml"), List.of(now.bundle().name(), now.profile().name()));
        assertEquals(-1, Files.mismatch(Path.of(other), Path.of(into, "release-2.adze")));
        assertEquals(List.of("current", "install.lock", "release-1.yaml", "release-2.adze", "release-3.yaml"), List.copyOf(snapshot().keySet()));
        assertInstalled("back in INTO: release 2: model test-model, profile a; replaces release 3: model test-model, profile b", "--back");
        assertInstalled("back in INTO: release 3: model test-model, profile b; replaces release 2: model test-model, profile a", "--back");
    }

    @Test
    void whatARunWouldRefuseIsRefusedAndChangesNothing() throws Exception {
        String good = profile("a");
        assertRefused(3, into + " has no release; install both halves with", install("--bundle", bundle));
        assertRefused(3, into + " has no release; install both halves with", install("--back"));
        assertRefused(2, "'sensors.rate-hz' must be more than 0", install("--bundle", bundle, "--profile",
                Files.writeString(folder.resolve("bad.yaml"), Files.readString(Path.of(good)).replace("rate-hz: 4", "rate-hz: 0")).toString()));
        assertFalse(Files.exists(Path.of(into)), "the folder was made for nothing");
        assertEquals(0, install("--bundle", bundle, "--profile", good).code());
        assertRefused(3, into + " has no release before release 1", install("--back"));
        assertEquals(0, install("--profile", profile("c")).code());
        Map<String, String> before = snapshot();

        assertRefused(2, "give --bundle FILE, --profile PROFILE or both; or --back alone", install());
        assertRefused(2, "or --back alone", install("--back", "--bundle", bundle));
        assertRefused(3, "gone.adze cannot be read", install("--bundle", folder.resolve("gone.adze").toString()));
        assertRefused(3, "gone.yaml: no such file", install("--profile", folder.resolve("gone.yaml").toString()));
        assertRefused(2, "steps every 500 ms, but " + into + "/release-2.yaml samples at 4.0 Hz", install("--bundle",
                TestBundles.write(folder.resolve("slow.adze"), 500, TestBundles.channel("cpu.busy", "%")).toString()));
        assertRefused(8, "this device has no channel mem.availabel", install("--bundle", other, "--profile",
                profile("d", "  channels: {mem.available: 'host:mem.availabel'}")));
        assertRefused(8, "measures channel cpu.busy in %, but V is asked for", install("--bundle",
                TestBundles.write(folder.resolve("volts.adze"), 250, TestBundles.channel("cpu.busy", "V")).toString()));
        assertRefused(2, "alarm hot watches out7, but the model's outputs are out0, out1", install("--profile",
                profile("e", "alarms: [{name: hot, output: out7, above: 1}]")));
        byte[] bytes = Files.readAllBytes(Path.of(bundle));
        bytes[bytes.length / 2] ^= 1;
        assertRefused(5, "damaged.adze", install("--bundle", Files.write(folder.resolve("damaged.adze"), bytes).toString()));
        assertRefused(3, "there is no folder " + folder.resolve("no"), Captured.run("install", "--into", folder.resolve("no/where").toString(),
                "--bundle", bundle, "--profile", good));
        assertRefused(6, "cannot be used for releases", Captured.run("install", "--into", good, "--bundle", bundle, "--profile", good));
        assertEquals(before, snapshot());
    }

    @Test
    void aRunRefusesAFolderWithoutAWholeRelease() throws Exception {
        String good = profile("a");
        assertRefused(2, "either --profile PROFILE, with --bundle FILE where it names none, or --installed FOLDER",
                Captured.run("run", "--installed", into, "--profile", good));
        assertRefused(2, "or --installed FOLDER", Captured.run("run", "--installed", into, "--bundle", bundle));
        assertRefused(3, into + " has no release; install both halves with `adze-agent install --into " + into + " --bundle FILE --profile FILE`",
                Captured.run("run", "--installed", into));
        assertFalse(Files.exists(Path.of(into)), "a run makes no folder");
        Files.createDirectory(Path.of(into));
        assertRefused(3, into + " has no release", Captured.run("run", "--installed", into));
        assertEquals(0, install("--bundle", bundle, "--profile", good).code());
        Files.delete(Path.of(into, "release-1.adze"));
        assertRefused(5, "release-1.adze of release 1 is missing", Captured.run("run", "--installed", into, "--duration", "1s"));
        Files.writeString(Path.of(into, "current"), "x");
        assertRefused(5, into + "/current is damaged; install both halves", Captured.run("run", "--installed", into));
    }

    @Test
    void aRunningAgentGoesOnWithItsReleaseAndTheNextStartTakesTheNewest() throws Exception {
        assertEquals(0, install("--bundle", bundle, "--profile", profile("a")).code());
        var first = new AgentProcess(folder, "run", "--installed", into, "--duration", "2s");
        assertEquals("release 1 of " + into, first.awaitLine("release 1 of "));
        assertEquals(0, install("--bundle", other).code());
        assertEquals(0, install("--profile", profile("b")).code());
        assertEquals(0, install("--profile", profile("c")).code());
        assertFalse(Files.exists(Path.of(into, "release-1.adze")));
        assertEquals(0, first.awaitExit(), first.errors());
        try (FileChannel held = FileChannel.open(Path.of(into, "install.lock"), StandardOpenOption.WRITE); var _ = held.lock()) {
            var refused = new AgentProcess(folder, "install", "--into", into, "--back");
            assertEquals(8, refused.awaitExit());
            assertTrue(refused.errors().contains("another install is at work in " + into), refused.errors());
        }
        var second = new AgentProcess(folder, "run", "--installed", into, "--duration", "500ms");
        assertEquals(0, second.awaitExit(), second.errors());
        List<String> starts = Files.readAllLines(Path.of(into, "out.jsonl")).stream().map(JsonMapper.shared()::readTree)
                .filter(l -> l.get("type").asString().equals("start")).map(l -> l.get("profile").asString() + " " + l.get("bundle").asString()
                + " " + l.get("channels").get(0).get("name").asString()).toList();
        assertEquals(List.of("a release-1.adze cpu.busy", "c release-2.adze mem.available"), starts);
    }

    /** As the enumeration with random bytes, but what is found is opened and held against the profile as a run does. */
    @Test
    void whatAPowerCutLeavesIsARunnablePair() throws Exception {
        long seed = 20261122;
        var random = new Random(seed);
        var disk = new MemoryFiles();
        var releases = new Releases(disk, into);
        // Each model reads the one channel that only its own profile names rightly.
        install(releases, bundle, profile("a", "  channels: {cpu.busy: 'host:cpu.busy', mem.available: 'host:none'}"));
        install(releases, other, profile("b", "  channels: {mem.available: 'host:mem.available', cpu.busy: 'host:none'}"));
        releases.back(releases.previous());
        int images = 0;
        int opened = 0;
        for (int cut = 0; cut <= disk.operationCount(); cut++) {
            for (Map<String, byte[]> image : disk.imagesAfter(cut)) {
                images++;
                if (!image.containsKey("current") || random.nextInt(40) != 0) {
                    continue;
                }
                Path place = Files.createDirectory(folder.resolve("image" + images));
                for (var file : image.entrySet()) {
                    Files.write(place.resolve(file.getKey()), file.getValue());
                }
                Release now = Releases.in(place).current();
                ProfileFit.require(ProfileReader.read(place.resolve(now.profile().name())), place.resolve(now.bundle().name()));
                opened++;
            }
        }
        System.out.println("power cuts in 2 installs and a return of real bundles: " + opened + " of " + images + " images (seed " + seed
                + ") opened and held against their profiles");
        assertTrue(opened > 20, opened + " of " + images + " images");
    }

    private static void install(Releases releases, String bundle, String profile) throws IOException {
        releases.install(Optional.empty(), Optional.of(Incoming.of(() -> Files.newInputStream(Path.of(bundle)))),
                Optional.of(Incoming.of(() -> Files.newInputStream(Path.of(profile)))));
    }
}
