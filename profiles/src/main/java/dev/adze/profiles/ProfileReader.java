package dev.adze.profiles;

import static dev.adze.profiles.ProfileException.Kind.NOT_FOUND;

import dev.adze.profiles.Profile.Arch;
import dev.adze.profiles.Profile.ChannelSource;
import dev.adze.profiles.Profile.Device;
import dev.adze.profiles.Profile.Endpoint;
import dev.adze.profiles.Profile.Kernel;
import dev.adze.profiles.Profile.RuntimeOptions;
import dev.adze.profiles.Profile.Sensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;

/** Reads profiles, from files and from the ready ones that come with Adze; errors are {@link ProfileException}s. */
public final class ProfileReader {
    private static final List<String> READY =
            List.of("this-host", "jetson-orin-nano", "jetson-agx-xavier", "jetson-agx-orin", "jetson-agx-thor");
    private static final String VERSION_KEY = "adze-profile";
    private static final YamlSchema SCHEMA =
            YamlSchema.ofResource(ProfileReader.class, "/adze-profile-" + Profile.FORMAT + ".schema.json");

    private ProfileReader() {}

    /** Names of the profiles that come with Adze. */
    public static List<String> readyNames() {
        return READY;
    }

    /** The JSON Schema of format {@value Profile#FORMAT}. */
    public static YamlSchema schema() {
        return SCHEMA;
    }

    /** Reads a file. Relative paths in it are taken from its folder. */
    public static Profile read(Path file) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        return profile(CheckedYaml.read(file), folder, file.toString());
    }

    /** Reads a profile given as YAML. Relative paths in it are taken from {@code folder}; {@code name} is for messages. */
    public static Profile parse(String name, byte[] yaml, Path folder) {
        return profile(CheckedYaml.parse(name, yaml), folder, name);
    }

    /** The text of a ready profile, to start one's own from. */
    public static byte[] readyYaml(String name) {
        if (!READY.contains(name)) {
            throw unknown(name);
        }
        try (InputStream in = ProfileReader.class.getResourceAsStream("/profiles/" + name + ".yaml")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A ready profile by its name, or else a file. Whoever has a file of the same name writes {@code ./this-host}.
     */
    public static Profile readNamedOrPath(String nameOrPath) {
        if (READY.contains(nameOrPath)) {
            return parse("ready profile " + nameOrPath, readyYaml(nameOrPath), Path.of("").toAbsolutePath());
        }
        boolean looksLikePath = nameOrPath.contains("/") || nameOrPath.matches(".*\\.ya?ml");
        try {
            Path file = Path.of(nameOrPath);
            if (looksLikePath || Files.exists(file)) {
                return read(file);
            }
        } catch (InvalidPathException e) {
            throw new ProfileException(NOT_FOUND, nameOrPath, 0, "", "is not a path: " + e.getReason());
        }
        throw unknown(nameOrPath);
    }

    private static ProfileException unknown(String name) {
        String mend = NearestName.of(name, READY).map(near -> "did you mean '" + near + "'?")
                .orElse("ready ones are " + String.join(", ", READY));
        return new ProfileException(NOT_FOUND, name, 0, "", "neither a file nor a ready profile; " + mend);
    }

    private static Profile profile(CheckedYaml yaml, Path folder, String origin) {
        JsonNode root = yaml.root();
        JsonNode version = root.path(VERSION_KEY);
        if (version.isMissingNode()) {
            throw yaml.error("", "not an Adze profile: the key '" + VERSION_KEY + ": " + Profile.FORMAT + "' is missing");
        }
        if (!version.isInt() || version.intValue() != Profile.FORMAT) {
            throw yaml.error("/" + VERSION_KEY, "profile format " + CheckedYaml.shorten(version.toString())
                    + " is unknown; this Adze reads format " + Profile.FORMAT);
        }
        yaml.check(SCHEMA);
        return new Profile(
                root.path("name").asString(),
                device(root.path("device")),
                path(yaml, root, "/bundle", folder),
                sensors(yaml, root.path("sensors"), folder),
                runtime(root.path("runtime")),
                ReportingKeys.read(yaml, root, folder),
                new Profile.State(path(yaml, root, "/state/folder", folder),
                        millis(1000 * root.at("/state/checkpoint-s").asDouble(10)),
                        choice(Profile.AfterGap.class, root.at("/state/after-gap"), Profile.AfterGap.BRIDGE),
                        seconds(root.at("/state/half-life-s")), whole(root.at("/state/replay-steps"))),
                alarms(yaml, root.path("alarms")),
                root.has("serve") ? Optional.of(serving(yaml, root, folder)) : Optional.empty(),
                new Profile.Drift(millis(1000 * root.at("/drift/window-s").asDouble(3600)), root.at("/drift/stability-index").asDouble(0.25),
                        root.at("/drift/kolmogorov-smirnov").asDouble(0.2)),
                origin);
    }

    private static Device device(JsonNode device) {
        return new Device(
                device.path("board").asString(),
                device.path("soc").asString(""),
                choice(Arch.class, device.path("arch"), Arch.ANY),
                text(device.path("jetpack")),
                text(device.path("cuda")));
    }

    private static Sensors sensors(CheckedYaml yaml, JsonNode sensors, Path folder) {
        double rateHz = sensors.path("rate-hz").asDouble();
        double periodMillis = 1000 / rateHz;
        double deadlineMillis = sensors.path("deadline-ms").asDouble(periodMillis / 2);
        if (deadlineMillis > periodMillis) {
            throw yaml.error("/sensors/deadline-ms", "'sensors.deadline-ms' is " + plain(deadlineMillis)
                    + ", longer than the time between samples, " + plain(periodMillis) + " ms; shorten it or lower the rate");
        }
        SequencedMap<String, ChannelSource> channels = new LinkedHashMap<>();
        for (var entry : sensors.path("channels").properties()) {
            String[] source = entry.getValue().asString().split(":", 2);
            var driver = ChannelSource.Driver.valueOf(source[0].toUpperCase(Locale.ROOT));
            String locator = driver == ChannelSource.Driver.REPLAY ? folder.resolve(source[1]).toString() : source[1];
            channels.put(entry.getKey(), new ChannelSource(driver, locator));
        }
        var rates = new LinkedHashMap<String, Double>();
        sensors.path("rates").properties().forEach(entry -> rates.put(entry.getKey(), entry.getValue().asDouble()));
        List<SensorDevice> devices = new SensorDevices(yaml).read(sensors.path("devices"));
        channels.forEach((channel, source) -> requireDevice(yaml, channel, source, devices));
        return new Sensors(rateHz, millis(deadlineMillis), channels, devices, rates);
    }

    private static void requireDevice(CheckedYaml yaml, String channel, ChannelSource source, List<SensorDevice> devices) {
        boolean named = source.driver() != ChannelSource.Driver.DEVICE || devices.stream().anyMatch(d -> source.locator().startsWith(d.name() + "."));
        if (!named) {
            throw yaml.error("/sensors/channels/" + channel, "'sensors.channels." + channel + "' is '" + source + "', but no device of that name is under"
                    + " 'sensors.devices'; a source is device:NAME.CHANNEL");
        }
    }

    private static RuntimeOptions runtime(JsonNode runtime) {
        return new RuntimeOptions(
                choice(Kernel.class, runtime.path("kernel"), Kernel.AUTO), runtime.path("threads").asInt(1),
                runtime.path("pin").asBoolean(false),
                new Profile.Budget(runtime.path("budget").path("step-us").asDouble(0), runtime.path("budget").path("bundle-bytes").asLong(0),
                        runtime.path("budget").path("memory-bytes").asLong(0)));
    }

    private static List<Profile.Alarm> alarms(CheckedYaml yaml, JsonNode list) {
        List<Profile.Alarm> alarms = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode alarm = list.get(i);
            String at = "/alarms/" + i;
            String name = alarm.path("name").asString();
            boolean above = alarm.has("above");
            if (above == alarm.has("below")) {
                throw yaml.error(at, "alarm '" + name + "' needs one of 'above' and 'below'");
            }
            if (alarms.stream().anyMatch(a -> a.name().equals(name))) {
                throw yaml.error(at + "/name", "two alarms are called '" + name + "'; rename one");
            }
            double level = alarm.path(above ? "above" : "below").asDouble();
            double clear = alarm.path("clear").asDouble(level);
            if (above ? clear > level : clear < level) {
                throw yaml.error(at + "/clear", "'" + CheckedYaml.dotted(at + "/clear") + "' is " + plain(clear) + ", beyond the level of "
                        + plain(level) + " itself");
            }
            int n = alarm.path("of").asInt(alarm.path("times").asInt(1));
            int k = alarm.path("times").asInt(1);
            if (k > n) {
                throw yaml.error(at + "/times", "'" + CheckedYaml.dotted(at + "/times") + "' is " + k + ", more than 'of', " + n);
            }
            alarms.add(new Profile.Alarm(name, alarm.path("output").asString(), alarm.path("watch").asString("value").equals("rate"),
                    above, level, clear, k, n, alarm.path("command").valueStream().map(JsonNode::asString).toList(),
                    text(alarm.path("webhook")).map(java.net.URI::create), gpio(alarm.path("gpio")),
                    mqttTopic(yaml, at, alarm)));
        }
        return alarms;
    }

    private static Optional<Profile.GpioOutput> gpio(JsonNode gpio) {
        return gpio.isMissingNode() ? Optional.empty() : Optional.of(new Profile.GpioOutput(gpio.path("chip").asString(),
                gpio.path("line").asString(), gpio.path("active-low").asBoolean(false)));
    }

    private static Optional<String> mqttTopic(CheckedYaml yaml, String at, JsonNode alarm) {
        if (alarm.has("mqtt") && yaml.root().at("/reporting/mqtt").isMissingNode()) {
            throw yaml.error(at + "/mqtt", "'" + CheckedYaml.dotted(at + "/mqtt") + "' needs a broker; name one under 'reporting.mqtt'");
        }
        return text(alarm.path("mqtt"));
    }

    private static Serving serving(CheckedYaml yaml, JsonNode root, Path folder) {
        JsonNode serve = root.path("serve");
        Optional<Endpoint> http = endpoint(serve.path("http"), 8000);
        Optional<Path> grpcSocket = path(yaml, root, "/serve/grpc/socket", folder);
        if (grpcSocket.isPresent() && (serve.path("grpc").has("host") || serve.path("grpc").has("port"))) {
            throw yaml.error("/serve/grpc/socket", "'serve.grpc' has a socket and a host or port; keep one");
        }
        Optional<Endpoint> grpc = grpcSocket.isPresent() ? Optional.empty() : endpoint(serve.path("grpc"), 8001);
        if (http.isEmpty() && grpc.isEmpty() && grpcSocket.isEmpty()) {
            throw yaml.error("/serve", "'serve' needs 'http' or 'grpc'; 'http: {}' listens on 127.0.0.1:8000");
        }
        Optional<Serving.Tls> tls = !serve.has("tls") ? Optional.empty() : Optional.of(new Serving.Tls(
                path(yaml, root, "/serve/tls/key-store", folder).orElseThrow(), path(yaml, root, "/serve/tls/trust-store", folder).orElseThrow(),
                path(yaml, root, "/serve/tls/password-file", folder).orElseThrow()));
        return new Serving(http, grpc, grpcSocket, tls, serve.path("queue").asInt(256), serve.path("batch-windows").asInt(16),
                millis(serve.path("batch-delay-ms").asDouble(0)), serve.path("sequences").asInt(256),
                millis(1000 * serve.path("sequence-idle-s").asDouble(60)), 1024 * serve.path("request-kb").asInt(1024));
    }

    private static Optional<Endpoint> endpoint(JsonNode endpoint, int port) {
        return endpoint.isMissingNode() ? Optional.empty()
                : Optional.of(new Endpoint(endpoint.path("host").asString("127.0.0.1"), endpoint.path("port").asInt(port)));
    }

    static Optional<Path> path(CheckedYaml yaml, JsonNode root, String pointer, Path folder) {
        try {
            return text(root.at(pointer)).map(given -> folder.resolve(given).normalize());
        } catch (InvalidPathException e) {
            throw yaml.error(pointer, "'" + CheckedYaml.dotted(pointer) + "' is not a path: " + e.getReason());
        }
    }

    private static Optional<Duration> seconds(JsonNode node) {
        return node.isMissingNode() ? Optional.empty() : Optional.of(millis(1000 * node.asDouble()));
    }

    private static OptionalInt whole(JsonNode node) {
        return node.isMissingNode() ? OptionalInt.empty() : OptionalInt.of(node.asInt());
    }

    static Optional<String> text(JsonNode node) {
        return node.isMissingNode() ? Optional.empty() : Optional.of(node.asString());
    }

    private static <E extends Enum<E>> E choice(Class<E> type, JsonNode node, E otherwise) {
        return node.isMissingNode() ? otherwise : Enum.valueOf(type, node.asString().toUpperCase(Locale.ROOT));
    }

    static Duration millis(double millis) {
        return Duration.ofNanos(Math.round(millis * 1e6));
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.3g", value);
    }
}
