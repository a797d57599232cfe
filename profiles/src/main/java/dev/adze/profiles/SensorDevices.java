package dev.adze.profiles;

import dev.adze.profiles.SensorDevice.Driver;
import dev.adze.profiles.SensorDevice.Input;
import dev.adze.profiles.SensorDevice.Link;
import dev.adze.profiles.SensorDevice.LinkKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads {@code sensors.devices}: what the schema cannot say, that each driver takes its own keys, is checked here. */
final class SensorDevices {
    private static final String ROOT = "/sensors/devices";
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}";

    private final CheckedYaml yaml;

    SensorDevices(CheckedYaml yaml) {
        this.yaml = yaml;
    }

    List<SensorDevice> read(JsonNode devices) {
        var read = new ArrayList<SensorDevice>();
        for (var entry : devices.properties()) {
            String at = ROOT + "/" + entry.getKey().replace("~", "~0").replace("/", "~1");
            if (!entry.getKey().matches(NAME)) {
                throw yaml.error(at, "'" + CheckedYaml.dotted(at)
                        + "' must be called by letters, digits, dashes and underscores, at most 64");
            }
            read.add(device(entry.getKey(), entry.getValue(), at));
        }
        return read;
    }

    private SensorDevice device(String name, JsonNode node, String at) {
        Driver driver = Driver.valueOf(node.path("driver").asString().toUpperCase(Locale.ROOT).replace('-', '_'));
        requireOwnKeys(driver, node, at);
        var settings = new LinkedHashMap<String, Double>();
        driver.settings().forEach((key, otherwise) -> settings.put(key, node.path(key).asDouble(otherwise)));
        return new SensorDevice(name, driver, link(driver.link(), node, at), settings,
                driver.inputs() == null ? List.of() : inputs(driver, node.path("inputs"), at + "/inputs"));
    }

    private void requireOwnKeys(Driver driver, JsonNode node, String at) {
        Set<String> own = new LinkedHashSet<>(List.of("driver"));
        own.addAll(driver.link().keys());
        own.addAll(driver.settings().keySet().stream().sorted().toList());
        if (driver.inputs() != null) {
            own.add("inputs");
            require(node, "inputs", at);
        }
        for (String key : node.propertyNames()) {
            if (!own.contains(key)) {
                throw yaml.error(at + "/" + key, "'" + CheckedYaml.dotted(at + "/" + key) + "' means nothing to the driver "
                        + driver + "; it takes " + String.join(", ", own));
            }
        }
    }

    private void require(JsonNode node, String key, String at) {
        if (node.path(key).isMissingNode()) {
            throw yaml.error(at, "key '" + CheckedYaml.dotted(at) + "." + key + "' is missing");
        }
    }

    private Link link(LinkKind kind, JsonNode node, String at) {
        return switch (kind) {
            case I2C -> {
                require(node, "bus", at);
                require(node, "address", at);
                yield new Link.I2c(node.path("bus").asString(), Integer.decode(node.path("address").asString()));
            }
            case SPI -> {
                require(node, "bus", at);
                yield new Link.Spi(node.path("bus").asString(), node.path("chip-select").asInt(0),
                        node.path("speed-hz").asInt(1_000_000));
            }
            case GPIO -> {
                require(node, "chip", at);
                yield new Link.Gpio(node.path("chip").asString());
            }
            case SERIAL -> {
                require(node, "serial", at);
                yield new Link.Serial(node.path("serial").asString(), node.path("baud").asInt(9600),
                        SensorDevice.Parity.valueOf(node.path("parity").asString("none").toUpperCase(Locale.ROOT)),
                        node.path("stop-bits").asInt(1));
            }
            case CAN -> {
                require(node, "interface", at);
                yield new Link.Can(node.path("interface").asString());
            }
            case PWM -> {
                require(node, "chip", at);
                yield new Link.Pwm(node.path("chip").asString());
            }
            case IIO -> {
                require(node, "device", at);
                yield new Link.Iio(node.path("device").asString(), node.path("trigger").asString(""));
            }
            case TCP -> {
                require(node, "host", at);
                yield new Link.Tcp(node.path("host").asString(), node.path("port").asInt(502));
            }
            case COMMAND -> {
                require(node, "command", at);
                yield new Link.Command(node.path("command").valueStream().map(JsonNode::asString).toList());
            }
        };
    }

    private List<Input> inputs(Driver driver, JsonNode list, String at) {
        var inputs = new ArrayList<Input>();
        var names = new HashSet<String>();
        for (int i = 0; i < list.size(); i++) {
            Input input = input(driver, list.get(i), at + "/" + i);
            if (!names.add(input.name())) {
                throw yaml.error(at + "/" + i + "/name", "two inputs are called '" + input.name() + "'; rename one");
            }
            inputs.add(input);
        }
        return inputs;
    }

    private Input input(Driver driver, JsonNode node, String at) {
        SensorDevice.InputForm form = driver.inputs();
        String from = node.path("from").asString();
        if (!from.matches(form.from())) {
            throw yaml.error(at + "/from", "'" + CheckedYaml.dotted(at + "/from") + "' is '" + CheckedYaml.shorten(from)
                    + "', but must be " + form.fromWords());
        }
        String type = node.path("type").asString("");
        if (!type.isEmpty() && !form.types().contains(type)) {
            throw yaml.error(at + "/type", "'" + CheckedYaml.dotted(at + "/type") + "' is '" + CheckedYaml.shorten(type)
                    + "', but the driver " + driver + (form.types().isEmpty() ? " takes none; leave it out"
                            : " knows " + String.join(", ", form.types())));
        }
        if (driver == Driver.CAN) {
            requireFrame(from, type, at);
        }
        if (node.path("least").asDouble(Double.NEGATIVE_INFINITY) > node.path("most").asDouble(Double.POSITIVE_INFINITY)) {
            throw yaml.error(at + "/least", "'" + CheckedYaml.dotted(at + "/least") + "' is more than 'most', so that every value would be invalid;"
                    + " exchange them");
        }
        return new Input(node.path("name").asString(), node.path("unit").asString(""), from, type,
                node.path("scale").asDouble(1), node.path("offset").asDouble(0),
                number(node.path("least")), number(node.path("most")), number(node.path("lie")));
    }

    /** What no pattern can say of a number in a CAN frame: it lies within 64 bytes, and has as many bits as its type. */
    private void requireFrame(String from, String type, String at) {
        String[] parts = from.split("[:|@]");
        long identifier = Long.decode(parts[0]);
        int start = Integer.parseInt(parts[1]);
        int bits = Integer.parseInt(parts[2]);
        boolean lowFirst = parts[3].startsWith("1");
        // Where it ends, counted in the order in which its bits follow each other.
        int end = (lowFirst ? start : start / 8 * 8 + 7 - start % 8) + bits;
        String wrong = identifier > 0x1fff_ffffL ? "an identifier of more than 29 bits"
                : from.indexOf(':') <= 5 && identifier > 0x7ff ? "an identifier of more than 11 bits (give 29-bit ones four digits or more)"
                : bits < 1 || bits > 64 ? "a number of " + bits + " bits, not of 1 to 64"
                : end > 512 ? "a number that ends beyond a frame's 64 bytes"
                : type.equals("f32") && bits != 32 || type.equals("f64") && bits != 64 ? "a " + type + " of " + bits + " bits" : null;
        if (wrong != null) {
            throw yaml.error(at + "/from", "'" + CheckedYaml.dotted(at + "/from") + "' is '" + from + "': " + wrong);
        }
    }

    private static OptionalDouble number(JsonNode node) {
        return node.isMissingNode() ? OptionalDouble.empty() : OptionalDouble.of(node.asDouble());
    }
}
