package dev.adze.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.profiles.Profile.Arch;
import dev.adze.profiles.Profile.ChannelSource;
import dev.adze.profiles.Profile.ChannelSource.Driver;
import dev.adze.profiles.Profile.Endpoint;
import dev.adze.profiles.Profile.Kernel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileReaderTest {
    private static final String SMALLEST = """
            adze-profile: 1
            name: bench
            device:
              board: test bench
            sensors:
              rate-hz: 4
            """;

    private static final String FULL = """
            adze-profile: 1
            name: press-7
            device:
              board: Jetson Orin Nano
              soc: tegra234
              arch: aarch64
              jetpack: "6.2"
              cuda: "12.6"
            bundle: models/press.adze
            sensors:
              rate-hz: 12.5
              deadline-ms: 20
              channels:
                cpu.busy: host:cpu.busy
                board.power: hwmon:ina3221.vdd_in.voltage
                soc.temp: thermal:soc0-thermal
                bearing/left: replay:old runs/press.csv.gz#bearing/left
            runtime:
              kernel: native
              threads: 2
              pin: true
              budget: {step-us: 250, bundle-bytes: 2000000, memory-bytes: 2500000}
            reporting:
              console-interval-s: 0.5
              jsonl: /var/log/press.jsonl
              jsonl-mb-per-hour: 0
              jsonl-rotate-mb: 2.5
              jsonl-files: 3
              prometheus:
                host: 0.0.0.0
                port: 0
            state:
              folder: memory
              checkpoint-s: 60
              after-gap: hold
            """;

    @TempDir
    Path folder;

    @Test
    void everyKeyArrivesInTheRecord() {
        Profile profile = parse(FULL);
        assertEquals("press-7", profile.name());
        assertEquals(new Profile.Device("Jetson Orin Nano", "tegra234", Arch.AARCH64,
                Optional.of("6.2"), Optional.of("12.6")), profile.device());
        assertEquals(Optional.of(folder.resolve("models/press.adze")), profile.bundle());
        assertEquals(12.5, profile.sensors().rateHz());
        assertEquals(80_000_000L, profile.sensors().periodNanos());
        assertEquals(Duration.ofMillis(20), profile.sensors().deadline());
        assertEquals(List.of("cpu.busy", "board.power", "soc.temp", "bearing/left"),
                List.copyOf(profile.sensors().channels().keySet()));
        assertEquals(new ChannelSource(Driver.HWMON, "ina3221.vdd_in.voltage"), profile.sensors().source("board.power"));
        assertEquals(new ChannelSource(Driver.THERMAL, "soc0-thermal"), profile.sensors().source("soc.temp"));
        assertEquals(folder + "/old runs/press.csv.gz#bearing/left", profile.sensors().source("bearing/left").locator());
        assertEquals(new Profile.RuntimeOptions(Kernel.NATIVE, 2, true, new Profile.Budget(250, 2_000_000, 2_500_000)), profile.runtime());
        assertEquals(Duration.ofMillis(500), profile.reporting().consoleInterval());
        assertEquals(Optional.of(Path.of("/var/log/press.jsonl")), profile.reporting().jsonl());
        assertEquals(new JsonLinesBounds(0, 2_500_000, 3), profile.reporting().jsonlBounds());
        assertEquals(Optional.of(new Endpoint("0.0.0.0", 0)), profile.reporting().prometheus());
        assertEquals(new Profile.State(Optional.of(folder.resolve("memory")), Duration.ofMinutes(1), Profile.AfterGap.HOLD),
                profile.state());
    }

    @Test
    void whatIsLeftOutTakesTheDefaultsThatTheSchemaStates() {
        Profile profile = parse(SMALLEST + "reporting: {prometheus: {}}\n");
        var schema = ProfileReader.schema().json();
        assertEquals(schema.at("/properties/device/properties/arch/default").asString(),
                profile.device().arch().name().toLowerCase());
        assertEquals(schema.at("/properties/device/properties/soc/default").asString(), profile.device().soc());
        assertEquals(schema.at("/properties/runtime/properties/kernel/default").asString(),
                profile.runtime().kernel().name().toLowerCase());
        assertEquals(schema.at("/properties/runtime/properties/threads/default").asInt(), profile.runtime().threads());
        assertEquals(schema.at("/properties/runtime/properties/pin/default").asBoolean(), profile.runtime().pin());
        var reporting = schema.at("/properties/reporting/properties");
        assertEquals(reporting.at("/console-interval-s/default").asInt(),
                profile.reporting().consoleInterval().toSeconds());
        assertEquals(new Endpoint(reporting.at("/prometheus/properties/host/default").asString(),
                reporting.at("/prometheus/properties/port/default").asInt()),
                profile.reporting().prometheus().orElseThrow());
        assertEquals(new JsonLinesBounds(1_000_000L * reporting.at("/jsonl-mb-per-hour/default").asInt(),
                1_000_000L * reporting.at("/jsonl-rotate-mb/default").asInt(), reporting.at("/jsonl-files/default").asInt()),
                profile.reporting().jsonlBounds());
        assertEquals(Duration.ofMillis(125), profile.sensors().deadline());
        assertEquals(Optional.empty(), profile.bundle());
        assertEquals(Optional.empty(), profile.reporting().jsonl());
        var drift = schema.at("/properties/drift/properties");
        assertEquals(new Profile.Drift(Duration.ofSeconds(drift.at("/window-s/default").asInt()), drift.at("/stability-index/default").asDouble(),
                drift.at("/kolmogorov-smirnov/default").asDouble()), profile.drift());
        var state = schema.at("/properties/state/properties");
        assertEquals(new Profile.State(Optional.empty(), Duration.ofSeconds(state.at("/checkpoint-s/default").asInt()),
                Profile.AfterGap.valueOf(state.at("/after-gap/default").asString().toUpperCase())), profile.state());
    }

    @Test
    void noEndpointListensUnlessAskedFor() {
        assertEquals(Optional.empty(), parse(SMALLEST).reporting().prometheus());
    }

    @Test
    void aChannelThatIsNotMappedIsTheDevicesOwnOfThatName() {
        var sensors = parse(SMALLEST).sensors();
        assertEquals(new ChannelSource(Driver.HOST, "mem.free"), sensors.source("mem.free"));
        assertEquals(new ChannelSource(Driver.HWMON, "lm75.temp1"), sensors.source("hwmon.lm75.temp1"));
        assertEquals(new ChannelSource(Driver.THERMAL, "cpu-therm"), sensors.source("thermal.cpu-therm"));
        assertEquals(new ChannelSource(Driver.IIO, "bmp280.pressure"), sensors.source("iio.bmp280.pressure"));
        for (String name : List.of("mem.free", "hwmon.lm75.temp1", "thermal.cpu-therm", "iio.bmp280.pressure")) {
            assertEquals(Optional.of(name), sensors.source(name).deviceChannel());
        }
        assertEquals(Optional.empty(), new ChannelSource(Driver.REPLAY, "load.csv").deviceChannel());
    }

    @Test
    void everyEnumerationOfTheSchemaIsKnownToTheRecord() {
        for (String arch : List.of("any", "x86_64", "aarch64")) {
            assertEquals(arch, parse(SMALLEST.replace("board:", "arch: " + arch + "\n  board:"))
                    .device().arch().name().toLowerCase());
        }
        for (String kernel : List.of("auto", "scalar", "vector", "native")) {
            assertEquals(kernel, parse(SMALLEST + "runtime: {kernel: " + kernel + "}\n")
                    .runtime().kernel().name().toLowerCase());
        }
        for (Driver driver : Driver.values()) {
            String source = driver.name().toLowerCase() + ":x.temperature";
            assertEquals(driver, parse(SMALLEST + "  channels: {c: '" + source + "'}\n  devices: {x: {driver: lm75, bus: i2c-1, address: 0x48}}\n").sensors().source("c").driver());
        }
    }

    /** The n-th column of a line in FULL is replaced; the whole message is expected. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rate-hz: 12.5     | ratte: 12.5        | p.yaml:11: unknown key 'sensors.ratte'; did you mean 'rate-hz'?
            kernel: native    | kernal: native     | p.yaml:19: unknown key 'runtime.kernal'; did you mean 'kernel'?
            threads: 2        | jsonl: x           | p.yaml:20: unknown key 'runtime.jsonl'; it belongs at 'reporting.jsonl'
            threads: 2        | speed: 3           | p.yaml:20: unknown key 'runtime.speed'; known here: kernel, threads, pin, budget
            name: press-7     | nmae: press-7      | p.yaml:2: unknown key 'nmae'; did you mean 'name'?
            rate-hz: 12.5     | rate-hz: fast      | p.yaml:11: 'sensors.rate-hz' must be a number, but is 'fast'
            rate-hz: 12.5     | rate-hz: "2"       | p.yaml:11: 'sensors.rate-hz' must be a number, but is '2'
            rate-hz: 12.5     | rate-hz: 0         | p.yaml:11: 'sensors.rate-hz' must be more than 0, but is 0
            rate-hz: 12.5     | rate-hz: 1e6       | p.yaml:11: 'sensors.rate-hz' must be at most 1000, but is 1000000
            rate-hz: 12.5     | rate-hz:           | p.yaml:11: 'sensors.rate-hz' must be a number, but is empty
            rate-hz: 12.5     | rate-hz: [1, 2]    | p.yaml:11: 'sensors.rate-hz' must be a number, but is a list
            rate-hz: 12.5     | rate-hz: .inf      | p.yaml:11: '.inf' is not a usable number
            rate-hz: 12.5     | rate-hz: 1e999     | p.yaml:11: '1e999' is not a usable number
            deadline-ms: 20   | deadline-ms: 81    | p.yaml:12: 'sensors.deadline-ms' is 81, longer than the time between samples, 80 ms; shorten it or lower the rate
            threads: 2        | threads: 1.5       | p.yaml:20: 'runtime.threads' must be a whole number, but is 1.5
            threads: 2        | threads: 0         | p.yaml:20: 'runtime.threads' must be at least 1, but is 0
            kernel: native    | kernel: vektor     | p.yaml:19: 'runtime.kernel' must be auto, scalar, vector or native, but is 'vektor'; did you mean 'vector'?
            jetpack: "6.2"    | jetpack: 6.2       | p.yaml:7: 'device.jetpack' must be text (put it in quotes), but is 6.2
            jetpack: "6.2"    | jetpack: six       | p.yaml:7: 'device.jetpack' is 'six', but must be a JetPack version in quotes, such as "6.2"
            cpu.busy: host:   | cpu.busy: hots:    | p.yaml:14: 'sensors.channels.cpu.busy' is 'hots:cpu.busy', but must be host:, hwmon:, thermal:, iio:, device: or replay:, followed by what to read there
            name: press-7     | name: a b          | p.yaml:2: 'name' is 'a b', but must be a name of letters, digits, dots, dashes and underscores
            adze-profile: 1   | adze-profile: 2    | p.yaml:1: profile format 2 is unknown; this Adze reads format 1
            adze-profile: 1   | adze-profile: one  | p.yaml:1: profile format "one" is unknown; this Adze reads format 1
            adze-profile: 1   | version: 1         | p.yaml:1: not an Adze profile: the key 'adze-profile: 1' is missing
            board: Jetson     | soc: Jetson        | p.yaml:5: key 'device.soc' is given twice, first on line 4; keep one
            """)
    void whatIsWrongIsToldWithLineAndMend(String good, String bad, String message) {
        assertTrue(FULL.contains(good), good);
        var e = assertThrows(ProfileException.class, () -> parse(FULL.replace(good, bad)));
        assertEquals(message, e.getMessage());
        assertEquals(ProfileException.Kind.INVALID, e.kind());
    }

    @Test
    void aMissingKeyIsNamedWhole() {
        var e = assertThrows(ProfileException.class, () -> parse(SMALLEST.replace("  board: test bench", "  soc: x")));
        assertEquals("p.yaml:3: key 'device.board' is missing", e.getMessage());
        assertEquals("device", e.key());
        assertEquals(3, e.line());
    }

    @Test
    void pathsAreTakenFromTheFolderOfTheFileWhereverOneStands() throws IOException {
        Path site = Files.createDirectories(folder.resolve("site a"));
        Path file = Files.writeString(site.resolve("p.yaml"), SMALLEST + "bundle: ../models/x.adze\n");
        assertEquals(Optional.of(folder.toAbsolutePath().resolve("models/x.adze")), ProfileReader.read(file).bundle());
        Path relative = Path.of("").toAbsolutePath().relativize(file.toAbsolutePath());
        assertEquals(Optional.of(folder.toAbsolutePath().resolve("models/x.adze")), ProfileReader.read(relative).bundle());
    }

    @Test
    void aPathThatCannotBeIsRefused() {
        var e = assertThrows(ProfileException.class, () -> parse(SMALLEST + "bundle: \"a\\0b\"\n"));
        assertTrue(e.getMessage().startsWith("p.yaml:7: 'bundle' is not a path: "), e.getMessage());
    }

    @Test
    void missingFilesAndFoldersAreToldApartFromBadContent() {
        Path missing = folder.resolve("no.yaml");
        var e = assertThrows(ProfileException.class, () -> ProfileReader.read(missing));
        assertEquals(ProfileException.Kind.NOT_FOUND, e.kind());
        assertEquals(missing + ": no such file", e.getMessage());
        e = assertThrows(ProfileException.class, () -> ProfileReader.read(folder));
        assertEquals(ProfileException.Kind.NOT_FOUND, e.kind());
        assertEquals(folder + ": is a folder; name the YAML file in it", e.getMessage());
    }

    @Test
    void everyReadyProfileReadsByNameAndIsCalledSo() {
        assertEquals(5, ProfileReader.readyNames().size());
        for (String name : ProfileReader.readyNames()) {
            Profile profile = ProfileReader.readNamedOrPath(name);
            assertEquals(name, profile.name());
            assertEquals("ready profile " + name, profile.origin());
            assertEquals(Optional.empty(), profile.bundle(), name);
            profile.reporting().prometheus().ifPresent(endpoint -> assertEquals("127.0.0.1", endpoint.host(), name));
            if (name.startsWith("jetson")) {
                assertEquals(Arch.AARCH64, profile.device().arch(), name);
                assertTrue(profile.device().jetpack().isPresent(), name);
            }
        }
    }

    @Test
    void aNameThatIsNeitherFileNorReadyGetsTheNearestOne() {
        var e = assertThrows(ProfileException.class, () -> ProfileReader.readNamedOrPath("jetson-orin-nanno"));
        assertEquals("jetson-orin-nanno: neither a file nor a ready profile; did you mean 'jetson-orin-nano'?",
                e.getMessage());
        assertEquals(ProfileException.Kind.NOT_FOUND, e.kind());
        e = assertThrows(ProfileException.class, () -> ProfileReader.readNamedOrPath("toaster"));
        assertTrue(e.getMessage().endsWith("; ready ones are " + String.join(", ", ProfileReader.readyNames())));
        e = assertThrows(ProfileException.class, () -> ProfileReader.readNamedOrPath("this-host.yaml"));
        assertEquals("this-host.yaml: no such file", e.getMessage());
    }

    private Profile parse(String yaml) {
        return ProfileReader.parse("p.yaml", yaml.getBytes(StandardCharsets.UTF_8), folder);
    }

    private static final String ALARMS = SMALLEST + """
            alarms:
              - name: hot
                output: temp
                above: 80
                clear: 75
                times: 3
                of: 5
                command: [beep, "2"]
                webhook: https://ops.example/alarm?x=1
              - {name: falling, output: temp, watch: rate, below: -2.5}
            """;

    @Test
    void alarmsArriveWithTheirDefaults() {
        assertEquals(List.of(
                new Profile.Alarm("hot", "temp", false, true, 80, 75, 3, 5, List.of("beep", "2"),
                        Optional.of(java.net.URI.create("https://ops.example/alarm?x=1")), Optional.empty(), Optional.empty()),
                new Profile.Alarm("falling", "temp", true, false, -2.5, -2.5, 1, 1, List.of(), Optional.empty(), Optional.empty(), Optional.empty())), parse(ALARMS).alarms());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            clear: 75        | clear: 81        | p.yaml:11: 'alarms.0.clear' is 81, beyond the level of 80 itself
            times: 3         | times: 6         | p.yaml:12: 'alarms.0.times' is 6, more than 'of', 5
            above: 80        | below: 76        | p.yaml:11: 'alarms.0.clear' is 75, beyond the level of 76 itself
            above: 80        | watch: value     | p.yaml:8: alarm 'hot' needs one of 'above' and 'below'
            name: falling    | name: hot        | p.yaml:16: two alarms are called 'hot'; rename one
            https:           | ftp:             | p.yaml:15: 'alarms.0.webhook' is 'ftp://ops.example/alarm?x=1', but must be an address http
            """)
    void anAlarmThatCannotBeIsRefused(String good, String bad, String message) {
        assertTrue(ALARMS.contains(good), good);
        var e = assertThrows(ProfileException.class, () -> parse(ALARMS.replace(good, bad)));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }

    @Test
    void aServiceHasItsDefaultsAndNeedsAnEndpoint() {
        String head = "adze-profile: 1\nname: p\ndevice: {board: x}\nsensors: {rate-hz: 1}\n";
        Serving serving = ProfileReader.parse("p", (head + "serve:\n  http: {}\n  tls: {key-store: k.p12, trust-store: t.p12,"
                + " password-file: pw}\n").getBytes(StandardCharsets.UTF_8), Path.of("/site")).serving().orElseThrow();
        assertEquals("127.0.0.1", serving.http().orElseThrow().host());
        assertEquals(8000, serving.http().orElseThrow().port());
        assertTrue(serving.grpc().isEmpty());
        assertEquals(256, serving.queue());
        assertEquals(Path.of("/site/k.p12"), serving.tls().orElseThrow().keyStore());
        ProfileException none = assertThrows(ProfileException.class, () -> ProfileReader.parse("p",
                (head + "serve:\n  queue: 3\n").getBytes(StandardCharsets.UTF_8), Path.of("/site")));
        assertTrue(none.getMessage().contains("'serve' needs 'http' or 'grpc'"), none.getMessage());
    }

    @Test
    void grpcIsServedOnASocketInsteadOfAPort() {
        String head = "adze-profile: 1\nname: p\ndevice: {board: x}\nsensors: {rate-hz: 1}\n";
        Serving serving = ProfileReader.parse("p", (head + "serve:\n  grpc: {socket: run/model.sock}\n").getBytes(StandardCharsets.UTF_8),
                Path.of("/site")).serving().orElseThrow();
        assertEquals(Path.of("/site/run/model.sock"), serving.grpcSocket().orElseThrow());
        assertTrue(serving.grpc().isEmpty() && serving.http().isEmpty());
        ProfileException both = assertThrows(ProfileException.class, () -> ProfileReader.parse("p",
                (head + "serve:\n  grpc: {socket: s, port: 9}\n").getBytes(StandardCharsets.UTF_8), Path.of("/site")));
        assertTrue(both.getMessage().startsWith("p:6: 'serve.grpc' has a socket and a host or port; keep one"), both.getMessage());
    }
}
