package dev.adze.runtime.bundle;

import static dev.adze.runtime.bundle.FormatException.quote;
import static dev.adze.runtime.bundle.FormatException.require;

import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@link Manifest} to and from the JSON of docs/bundle-format.md. */
final class ManifestJson {
    static final String FORMAT = "adze-bundle";
    static final int VERSION = 4;

    private static final int MAX_COUNT = 16_384;
    private static final int MAX_LAYERS = 256;
    private static final int MAX_STEPS = 1_000_000;
    private static final JsonMapper PRETTY =
            Json.MAPPER.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ManifestJson() {}

    // ---- writing

    static byte[] write(Manifest manifest) {
        ObjectNode root = Json.MAPPER.createObjectNode();
        root.put("format", FORMAT).put("version", version(manifest)).put("name", manifest.name());
        root.set("network", network(manifest.network()));
        root.put("precision", JsonObject.lowerCase(manifest.precision()));
        if (manifest.precision() == Precision.MIXED) {
            ArrayNode layers = root.putArray("layerPrecisions");
            manifest.precisions().layers().forEach(p -> layers.add(JsonObject.lowerCase(p)));
        }
        root.set("preprocess", preprocess(manifest.preprocess()));
        root.set("task", task(manifest.task()));
        ObjectNode metrics = root.putObject("metrics");
        manifest.metrics().forEach(metrics::put);
        ObjectNode provenance = root.putObject("provenance");
        manifest.provenance().forEach(provenance::put);
        root.putObject("tolerance").put("absolute", manifest.tolerance().absolute())
                .put("relative", manifest.tolerance().relative());
        manifest.baseline().ifPresent(baseline -> root.set("baseline", BaselineJson.write(baseline)));
        return (PRETTY.writeValueAsString(root).replace("\r\n", "\n") + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The oldest that has all that the manifest says, so that devices with an older Adze run what they can. */
    private static int version(Manifest manifest) {
        boolean ahead = manifest.task().outputs().stream().anyMatch(output -> output.ahead().isPresent());
        return manifest.precision() == Precision.MIXED ? 4 : manifest.baseline().isPresent() ? 3 : ahead ? 2 : 1;
    }

    private static ObjectNode network(RecurrentNetwork network) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("inputSize", network.inputSize());
        ArrayNode layers = node.putArray("layers");
        for (Layer layer : network.layers()) {
            layers.add(LayerJson.write(layer));
        }
        return node;
    }

    private static ObjectNode preprocess(PreprocessSpec spec) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        ArrayNode channels = node.putArray("channels");
        for (ChannelSpec channel : spec.channels()) {
            channels.addObject().put("name", channel.name()).put("unit", channel.unit())
                    .put("center", channel.center()).put("scale", channel.scale())
                    .put("min", channel.min()).put("max", channel.max());
        }
        node.put("forwardFillSteps", spec.forwardFillSteps());
        putBound(node, "clip", spec.clip());
        ArrayNode alphas = node.putArray("emaAlphas");
        spec.emaAlphas().forEach(alphas::add);
        return node.put("validityMask", spec.validityMask());
    }

    private static ObjectNode task(TaskSpec task) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("kind", JsonObject.lowerCase(task.kind())).put("mode", JsonObject.lowerCase(task.mode()))
                .put("windowSteps", task.windowSteps()).put("horizonSteps", task.horizonSteps())
                .put("periodMillis", task.periodMillis());
        ArrayNode outputs = node.putArray("outputs");
        for (TaskSpec.OutputSpec output : task.outputs()) {
            ObjectNode o = outputs.addObject().put("name", output.name()).put("unit", output.unit())
                    .put("center", output.center()).put("scale", output.scale());
            putBound(o, "min", output.min());
            putBound(o, "max", output.max());
            output.ahead().ifPresent(ahead -> o.set("ahead", ahead(ahead)));
        }
        task.anomaly().ifPresent(anomaly -> {
            ObjectNode a = node.putObject("anomaly");
            a.put("smoothing", anomaly.smoothing()).put("threshold", anomaly.threshold());
            ArrayNode spread = a.putArray("spread");
            anomaly.spread().forEach(spread::add);
        });
        return node;
    }

    private static ObjectNode ahead(TaskSpec.Ahead ahead) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("channel", ahead.channel()).put("steps", ahead.steps());
        ahead.reference().ifPresentOrElse(
                reference -> node.putObject("reference").put("lag", reference.lag()).put("every", reference.every())
                        .put("count", reference.count()),
                () -> node.putNull("reference"));
        return node;
    }

    /** JSON has no infinity: a bound that does not bind is null. */
    private static void putBound(ObjectNode node, String name, double bound) {
        if (Double.isInfinite(bound)) {
            node.putNull(name);
        } else {
            node.put(name, bound);
        }
    }

    // ---- reading

    /** @throws FormatException naming the field, or that the version is too new */
    static Manifest read(byte[] json) {
        JsonObject root = new JsonObject(Json.parse(json, "manifest.json"), "manifest");
        String format = root.string("format");
        require(format.equals(FORMAT), "manifest.format is " + quote(format) + ", not " + quote(FORMAT));
        long version = root.integer("version", 1, Integer.MAX_VALUE);
        require(version <= VERSION,
                "bundle version " + version + " is newer than this Adze reads (" + VERSION + "): update Adze");
        try {
            RecurrentNetwork network = network(root.object("network"));
            Manifest manifest = new Manifest(root.string("name"), network, precisions(root, network, version),
                    preprocess(root.object("preprocess")), task(root.object("task"), version), metrics(root.object("metrics")), provenance(root.object("provenance")),
                    tolerance(root.object("tolerance")),
                    version >= 3 && root.names().contains("baseline") ? Optional.of(BaselineJson.read(root.object("baseline"))) : Optional.empty());
            root.end();
            return manifest;
        } catch (IllegalArgumentException | dev.adze.runtime.AdzeException e) { // from the records' own checks
            throw new FormatException("manifest.json: " + e.getMessage());
        }
    }

    private static LayerPrecisions precisions(JsonObject root, RecurrentNetwork network, long version) {
        Precision precision = root.choice("precision", Precision.class);
        require(precision != Precision.MIXED || version >= 4, "manifest.precision is \"mixed\", which version " + version + " has not");
        if (precision != Precision.MIXED) {
            return LayerPrecisions.uniform(network, precision);
        }
        var layers = new LayerPrecisions(root.choices("layerPrecisions", Precision.class));
        require(layers.overall() == Precision.MIXED && layers.equals(LayerPrecisions.of(network, layers.layers())),
                "manifest.layerPrecisions must differ between recurrent layers and be fp32 for all others");
        return layers;
    }

    private static RecurrentNetwork network(JsonObject node) {
        int inputSize = size(node, "inputSize");
        List<Layer> layers = new ArrayList<>();
        int size = inputSize;
        List<JsonObject> nodes = node.objects("layers");
        require(nodes.size() <= MAX_LAYERS, "the network has " + nodes.size() + " layers; at most " + MAX_LAYERS);
        for (JsonObject layer : nodes) {
            layers.add(LayerJson.read(layer, size));
            size = layers.getLast().outputSize();
        }
        node.end();
        return new RecurrentNetwork(inputSize, layers);
    }

    private static PreprocessSpec preprocess(JsonObject node) {
        List<ChannelSpec> channels = new ArrayList<>();
        for (JsonObject channel : node.objects("channels")) {
            channels.add(new ChannelSpec(channel.string("name"), channel.string("unit"), channel.number("center"),
                    channel.number("scale"), channel.number("min"), channel.number("max")));
            channel.end();
        }
        require(channels.size() <= MAX_COUNT, channels.size() + " channels; at most " + MAX_COUNT);
        int fill = (int) node.integer("forwardFillSteps", 0, Integer.MAX_VALUE);
        double clip = node.numberOrNull("clip", Double.POSITIVE_INFINITY);
        List<Double> alphas = node.numbers("emaAlphas");
        require((2L + alphas.size()) * channels.size() <= 2L * MAX_COUNT, alphas.size() + " emaAlphas for "
                + channels.size() + " channels make too many features");
        PreprocessSpec spec = new PreprocessSpec(channels, fill, clip, alphas, node.bool("validityMask"));
        node.end();
        return spec;
    }

    private static TaskSpec task(JsonObject node, long version) {
        TaskSpec.Kind kind = node.choice("kind", TaskSpec.Kind.class);
        TaskSpec.Mode mode = node.choice("mode", TaskSpec.Mode.class);
        int windowSteps = (int) node.integer("windowSteps", 1, MAX_STEPS);
        int horizonSteps = (int) node.integer("horizonSteps", 0, MAX_STEPS);
        long periodMillis = node.integer("periodMillis", 0, Long.MAX_VALUE);
        List<TaskSpec.OutputSpec> outputs = new ArrayList<>();
        for (JsonObject output : node.objects("outputs")) {
            outputs.add(new TaskSpec.OutputSpec(output.string("name"), output.string("unit"), output.number("center"),
                    output.number("scale"), output.numberOrNull("min", Double.NEGATIVE_INFINITY),
                    output.numberOrNull("max", Double.POSITIVE_INFINITY),
                    version >= 2 && output.names().contains("ahead") ? Optional.of(ahead(output.object("ahead"))) : Optional.empty()));
            output.end();
        }
        Optional<TaskSpec.Anomaly> anomaly = kind == TaskSpec.Kind.ANOMALY ? Optional.of(anomaly(node.object("anomaly")))
                : Optional.empty();
        node.end();
        return new TaskSpec(kind, mode, windowSteps, horizonSteps, periodMillis, outputs, anomaly);
    }

    private static TaskSpec.Anomaly anomaly(JsonObject node) {
        var anomaly = new TaskSpec.Anomaly(node.number("smoothing"), node.number("threshold"), node.numbers("spread"));
        node.end();
        return anomaly;
    }

    private static TaskSpec.Ahead ahead(JsonObject node) {
        String channel = node.string("channel");
        int steps = (int) node.integer("steps", 1, MAX_STEPS);
        Optional<TaskSpec.Reference> reference = node.objectOrNull("reference").map(ManifestJson::reference);
        node.end();
        return new TaskSpec.Ahead(channel, steps, reference);
    }

    private static TaskSpec.Reference reference(JsonObject node) {
        var reference = new TaskSpec.Reference((int) node.integer("lag", 0, MAX_STEPS), (int) node.integer("every", 1, MAX_STEPS),
                (int) node.integer("count", 1, MAX_STEPS));
        node.end();
        return reference;
    }

    private static SequencedMap<String, Double> metrics(JsonObject node) {
        var metrics = new LinkedHashMap<String, Double>();
        node.names().forEach(name -> metrics.put(name, node.number(name)));
        return metrics;
    }

    private static SequencedMap<String, String> provenance(JsonObject node) {
        var provenance = new LinkedHashMap<String, String>();
        node.names().forEach(name -> provenance.put(name, node.string(name)));
        return provenance;
    }

    private static Manifest.Tolerance tolerance(JsonObject node) {
        Manifest.Tolerance tolerance = new Manifest.Tolerance(node.number("absolute"), node.number("relative"));
        node.end();
        return tolerance;
    }

    private static int size(JsonObject node, String name) {
        return (int) node.integer(name, 1, MAX_COUNT);
    }
}
