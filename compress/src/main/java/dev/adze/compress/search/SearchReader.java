package dev.adze.compress.search;

import dev.adze.compress.recipe.Presets;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.recipe.RecipeFiles;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.compress.search.SearchSpec.Budget;
import dev.adze.compress.search.SearchSpec.Cost;
import dev.adze.compress.search.SearchSpec.Halving;
import dev.adze.compress.search.SearchSpec.Latency;
import dev.adze.profiles.CheckedYaml;
import dev.adze.profiles.Profile;
import dev.adze.profiles.ProfileException;
import dev.adze.profiles.ProfileReader;
import dev.adze.profiles.YamlSchema;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads search files: checked against {@code adze-search-1.schema.json}, and every key of the space against a recipe. */
public final class SearchReader {
    private static final YamlSchema SCHEMA = YamlSchema.ofResource(SearchReader.class, "adze-search-1.schema.json");

    private SearchReader() {}

    /** @throws ProfileException naming file, line and key; {@link AdzeException} from the recipe or the profile it names */
    public static SearchSpec read(Path file) {
        CheckedYaml yaml = CheckedYaml.read(file);
        JsonNode root = yaml.root();
        if (!root.path("adze-search").isInt()) {
            throw yaml.error("", "not an Adze search: the key 'adze-search: 1' is missing");
        }
        if (root.path("adze-search").intValue() != 1) {
            throw yaml.error("/adze-search", "search format " + root.path("adze-search") + " is unknown; this Adze reads format 1");
        }
        yaml.check(SCHEMA);
        Path folder = file.toAbsolutePath().normalize().getParent();
        Path recipeFile = find(folder, root.path("recipe").stringValue());
        var overrides = new ArrayList<String>();
        root.path("set").properties().forEach(entry -> overrides.add(entry.getKey() + "=" + entry.getValue()));
        List<Dimension> space = new ArrayList<>();
        root.path("space").properties().forEach(entry -> space.add(dimension(yaml, entry.getKey(), entry.getValue())));
        Recipe recipe = RecipeReader.read(recipeFile, overrides).recipe();
        overrides.addAll(customSizes("student", recipe.student(), space));
        overrides.addAll(customSizes("teacher", recipe.teacher(), space));
        List<Cost> objectives = root.has("objectives")
                ? root.path("objectives").valueStream().map(v -> Cost.valueOf(v.stringValue().toUpperCase(Locale.ROOT))).toList()
                : List.of(Cost.SIZE, Cost.LATENCY);
        var spec = new SearchSpec(root.path("name").stringValue(), question((ObjectNode) root), recipeFile, overrides, root.path("seed").asLong(1),
                root.path("trials").asInt(24), root.path("parallel").asInt(1), space,
                Precision.valueOf(root.path("precision").asString("int8").toUpperCase(Locale.ROOT)), objectives,
                budget(folder, root.path("budget")), latency(folder, root.path("latency")),
                new Halving(root.path("halving").path("firstEpochs").asInt(0), root.path("halving").path("factor").asInt(3)),
                root.path("choose").path("within").asDouble(0.01));
        requireKeys(yaml, spec);
        return spec;
    }

    /** What may change between two sittings of one search is left out. */
    private static String question(ObjectNode root) {
        ObjectNode question = root.deepCopy();
        question.remove(List.of("trials", "choose"));
        return question.toString();
    }

    private static Path find(Path folder, String recipe) {
        Path beside = folder.resolve(recipe);
        return Files.isRegularFile(beside) ? beside : RecipeFiles.find(recipe);
    }

    private static Dimension dimension(CheckedYaml yaml, String key, JsonNode node) {
        String pointer = "/space/" + key.replace("~", "~0").replace("/", "~1");
        if (node.isArray()) {
            if (node.isEmpty()) {
                throw yaml.error(pointer, "'" + key + "' has no settings; list some, or leave it out");
            }
            var values = node.valueStream().toList();
            if (values.stream().map(JsonNode::toString).distinct().count() < values.size()) {
                throw yaml.error(pointer, "'" + key + "' names a setting twice");
            }
            return Dimension.Choice.of(key, values);
        }
        if (!node.isObject() || !node.path("from").isNumber() || !node.path("to").isNumber()) {
            throw yaml.error(pointer, "'" + key + "' must be a list of settings, or a range {from: …, to: …} with optional scale: log and step");
        }
        for (String name : node.propertyNames()) {
            if (!List.of("from", "to", "step", "scale").contains(name)) {
                throw yaml.error(pointer + "/" + name, "unknown key 'space." + key + "." + name + "'; known: from, to, step, scale");
            }
        }
        boolean log = node.path("scale").asString("linear").equals("log");
        if (node.has("scale") && !log && !node.path("scale").asString("").equals("linear")) {
            throw yaml.error(pointer + "/scale", "the scale of '" + key + "' must be linear or log");
        }
        double from = node.path("from").doubleValue();
        double to = node.path("to").doubleValue();
        if (!(from <= to) || log && !(from > 0)) {
            throw yaml.error(pointer, "'" + key + "' goes from " + from + " to " + to + "; the first must not be larger"
                    + (log ? ", and above 0 on a logarithmic scale" : ""));
        }
        if (node.path("from").isIntegralNumber() && node.path("to").isIntegralNumber()) {
            long step = node.path("step").asLong(1);
            if (step < 1 || node.has("step") && !node.path("step").isIntegralNumber()) {
                throw yaml.error(pointer + "/step", "the step of '" + key + "' must be a whole number of 1 or more");
            }
            return new Dimension.Whole(key, (long) from, (long) to, step, log);
        }
        if (node.has("step")) {
            throw yaml.error(pointer + "/step", "'" + key + "' is a range of real numbers, which has no step; write from and to without a point");
        }
        return new Dimension.Real(key, from, to, log);
    }

    /** Layers and hidden size of a preset cannot be varied, those of the same stage written out can. */
    private static List<String> customSizes(String stage, Recipe.Stage given, List<Dimension> space) {
        boolean varied = space.stream().anyMatch(d -> d.key().equals(stage + ".layers") || d.key().equals(stage + ".hiddenSize"));
        if (!varied || given.preset().equals("custom")) {
            return List.of();
        }
        Presets preset = Presets.byId(given.preset());
        return List.of(stage + ".preset=custom", stage + ".layers=" + preset.layers(), stage + ".hiddenSize=" + preset.hiddenSize());
    }

    private static Budget budget(Path folder, JsonNode node) {
        double micros = node.path("latencyMicros").asDouble(0);
        long bytes = node.path("bytes").asLong(0);
        long memory = node.path("memoryBytes").asLong(0);
        String origin = "the search's budget";
        if (node.has("profile")) {
            String name = node.path("profile").stringValue();
            Profile profile = ProfileReader.readNamedOrPath(Files.exists(folder.resolve(name)) ? folder.resolve(name).toString() : name);
            Profile.Budget own = profile.runtime().budget();
            if (micros == 0) {
                micros = own.stepMicros() > 0 ? own.stepMicros() : profile.sensors().periodNanos() / 1e4;
                origin = (own.stepMicros() > 0 ? "runtime.budget" : "a tenth of the sampling period") + " of profile " + profile.name();
            }
            bytes = bytes == 0 ? own.bundleBytes() : bytes;
            memory = memory == 0 ? own.memoryBytes() : memory;
        }
        return new Budget(micros, bytes, memory, origin);
    }

    private static Latency latency(Path folder, JsonNode node) {
        return new Latency(node.has("table") ? folder.resolve(node.path("table").stringValue()) : null, node.path("slower").asDouble(1));
    }

    /** A key that no recipe has is a slip of the file; settings that do not go together are the search's own affair. */
    private static void requireKeys(CheckedYaml yaml, SearchSpec spec) {
        for (Dimension dimension : spec.space()) {
            String pointer = "/space/" + dimension.key();
            if (dimension.key().equals(SearchSpec.PRECISION)) {
                if (!(dimension instanceof Dimension.Choice choice) || !List.of("fp32", "fp16", "int8", "int4").containsAll(choice.values())) {
                    throw yaml.error(pointer, "'precision' must be a list of fp32, fp16, int8 and int4");
                }
                continue;
            }
            if (dimension.key().matches("(name|title|adze-recipe|data\\.sha256.*)")) {
                throw yaml.error(pointer, "'" + dimension.key() + "' cannot be searched over");
            }
            var settings = dimension instanceof Dimension.Choice choice ? choice.values() : List.of(dimension.draw(new Random(1)));
            for (String value : settings) {
                var overrides = new ArrayList<>(spec.overrides());
                overrides.add(dimension.key() + "=" + value);
                try {
                    RecipeReader.read(spec.recipe(), overrides);
                } catch (ProfileException e) {
                    throw yaml.error(pointer, "as a setting of the recipe: " + e.getMessage());
                } catch (AdzeException e) {
                    if (e.getMessage().startsWith("--set")) {
                        throw yaml.error(pointer, "as a setting of the recipe: " + e.getMessage());
                    }
                }
            }
        }
    }
}
