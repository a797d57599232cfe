package dev.adze.compress.recipe;

import dev.adze.compress.distill.DistillSpec;
import dev.adze.compress.export.ExportTarget;
import dev.adze.profiles.CheckedYaml;
import dev.adze.profiles.YamlSchema;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads recipes: the file checked against {@code adze-recipe-1.schema.json}, laid over {@code recipe-defaults.yaml},
 * then the {@code --set} overrides, checked again.
 */
public final class RecipeReader {
    private static final YamlSchema SCHEMA = YamlSchema.ofResource(RecipeReader.class, "adze-recipe-1.schema.json");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonMapper RECORDS = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .build();

    /** Keys whose value is a map of the user's own words: an override replaces them. */
    private static final Set<String> FREE_MAPS = Set.of("rename", "units", "sha256");

    /** Keys of the teacher that make up {@link GivenTeacher}. */
    private static final List<String> GIVEN = List.of("from", "inputs", "outputs", "layout", "output", "activation", "examples");

    private RecipeReader() {}

    /**
     * @param recipe    as read
     * @param text      the effective recipe as YAML, defaults and overrides included
     * @param folder    that relative data folders start from
     */
    public record Loaded(Recipe recipe, String text, Path folder) {}

    /**
     * @param overrides {@code key.path=value}, the value in YAML
     * @throws dev.adze.profiles.ProfileException naming file, line and key
     */
    public static Loaded read(Path file, List<String> overrides) {
        return load(CheckedYaml.read(file), file.toAbsolutePath().normalize().getParent(), overrides);
    }

    /** Reads a recipe given as text; {@code name} stands for the file in messages. */
    public static Loaded parse(String name, String yaml, Path folder, List<String> overrides) {
        return load(CheckedYaml.parse(name, yaml.getBytes(StandardCharsets.UTF_8)), folder, overrides);
    }

    private static Loaded load(CheckedYaml file, Path folder, List<String> overrides) {
        requireVersion(file);
        file.check(SCHEMA);
        ObjectNode merged = defaults();
        merge(merged, file.root());
        for (String override : overrides) {
            set(merged, override);
        }
        leaveHintsOfClosedTeachers(merged, file, overrides);
        String text = YAML.writeValueAsString(merged);
        if (!overrides.isEmpty()) {
            CheckedYaml.parse("--set " + String.join(" --set ", overrides), text.getBytes(StandardCharsets.UTF_8))
                    .check(SCHEMA);
        }
        return new Loaded(toRecipe(merged), text, folder);
    }

    /** A hint is on by default, but a teacher that only answers has no hidden states; one that is asked for is refused. */
    private static void leaveHintsOfClosedTeachers(ObjectNode merged, CheckedYaml file, List<String> overrides) {
        String from = merged.at("/teacher/from").asString("");
        boolean asked = !file.root().at("/distill/hintWeight").isMissingNode()
                || overrides.stream().anyMatch(o -> o.startsWith("distill.hintWeight=") || o.startsWith("distill="));
        if (!asked && from.matches("(?i).*\\.(onnx|pt|pth|ts|torchscript)")) {
            ((ObjectNode) merged.get("distill")).put("hintWeight", 0.0);
        }
    }

    private static void requireVersion(CheckedYaml file) {
        JsonNode version = file.root().path("adze-recipe");
        if (version.isMissingNode()) {
            throw file.error("", "not an Adze recipe: the key 'adze-recipe: 1' is missing");
        }
        if (!version.isInt() || version.intValue() != 1) {
            throw file.error("/adze-recipe", "recipe format " + version + " is unknown; this Adze reads format 1");
        }
    }

    private static ObjectNode defaults() {
        try (InputStream in = RecipeReader.class.getResourceAsStream("recipe-defaults.yaml")) {
            return (ObjectNode) YAML.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Objects merge key by key; everything else is replaced. */
    private static void merge(ObjectNode base, JsonNode over) {
        for (Map.Entry<String, JsonNode> entry : over.properties()) {
            if (base.get(entry.getKey()) instanceof ObjectNode inner && entry.getValue().isObject()) {
                merge(inner, entry.getValue());
            } else {
                base.set(entry.getKey(), entry.getValue());
            }
        }
    }

    private static void set(ObjectNode root, String override) {
        int equals = override.indexOf('=');
        if (equals < 1) {
            throw new AdzeException(AdzeException.Kind.USAGE,
                    "--set " + override + ": write it as key.path=value, for example teacher.train.epochs=3");
        }
        String[] path = override.substring(0, equals).split("\\.");
        ObjectNode node = root;
        for (int i = 0; i < path.length - 1; i++) {
            if (!(node.get(path[i]) instanceof ObjectNode next)) {
                throw new AdzeException(AdzeException.Kind.USAGE, "--set " + override + ": there is no '" + path[i]
                        + "' here; known: " + String.join(", ", node.propertyNames()));
            }
            node = next;
        }
        try {
            String key = path[path.length - 1];
            JsonNode value = YAML.readTree(override.substring(equals + 1));
            if (node.get(key) instanceof ObjectNode inner && value.isObject() && !FREE_MAPS.contains(key)) {
                merge(inner, value);
            } else {
                node.set(key, value);
            }
        } catch (JacksonException e) {
            throw new AdzeException(AdzeException.Kind.USAGE,
                    "--set " + override + ": the value is not YAML: " + e.getOriginalMessage(), e);
        }
    }

    private static Recipe toRecipe(ObjectNode merged) {
        ObjectNode plain = merged.deepCopy();
        plain.remove("adze-recipe");
        var given = plain.putObject("given");
        var teacher = (ObjectNode) plain.get("teacher");
        for (String key : GIVEN) {
            given.set(key, teacher.remove(key));
        }
        plain.set("staticInputs", ((ObjectNode) plain.get("task")).remove("staticInputs"));
        ArrayNode assistants = (ArrayNode) plain.get("assistants");
        for (int i = 0; i < assistants.size(); i++) {
            // What an assistant does not say it takes from the student's defaults.
            var whole = (ObjectNode) defaults().get("student");
            merge(whole, assistants.get(i));
            assistants.set(i, whole);
        }
        try {
            Recipe recipe = RECORDS.treeToValue(enumNames(plain), Recipe.class);
            requireFitting("teacher", recipe.teacher(), recipe.task());
            for (int i = 0; i < recipe.assistants().size(); i++) {
                requireFitting("assistants[" + i + "]", recipe.assistants().get(i), recipe.task());
            }
            requireFitting("student", recipe.student(), recipe.task());
            recipe.given().requireFitting(recipe);
            recipe.sparsify().requireFitting(recipe);
            requireBudget(recipe.quantize());
            requireOneStart(recipe);
            requireExportable(recipe);
            requireCarriable("teacher", recipe.teacher(), recipe, false);
            recipe.assistants().forEach(stage -> requireCarriable("assistants", stage, recipe, true));
            requireCarriable("student", recipe.student(), recipe, true);
            return recipe;
        } catch (JacksonException e) {
            if (e.getCause() instanceof AdzeException mendable) {
                throw mendable;
            }
            throw e;
        }
    }

    private static void requireCarriable(String what, Recipe.Stage stage, Recipe recipe, boolean taught) {
        if (!stage.train().recurrent().carryState()) {
            return;
        }
        String key = what + ".train.recurrent.carryState";
        if (recipe.task().mode() != TaskSpec.Mode.STREAM || recipe.task().windowSteps() % recipe.task().stride() != 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, key + " takes windows one after another along a stream: set task.mode:"
                    + " stream and a task.stride that divides windowSteps, or carryState: false");
        }
        if (taught && recipe.distill().listens()) {
            throw new AdzeException(AdzeException.Kind.USAGE, key + ": a teacher's outputs are those of windows from zero state, which a"
                    + " carried state does not fit; set it for the teacher alone, or distill.alpha and hintWeight: 0");
        }
    }

    private static void requireBudget(Recipe.Quantize quantize) {
        Recipe.Mixed mixed = quantize.mixed();
        if (quantize.precisions().contains("mixed") && mixed.bytes() == 0 && mixed.latencyMicros() == 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, "quantize.precisions: mixed chooses under a budget: set quantize.mixed.bytes,"
                    + " or quantize.mixed.latencyMicros and quantize.mixed.table");
        }
        if (mixed.latencyMicros() > 0 && mixed.table().isEmpty()) {
            throw new AdzeException(AdzeException.Kind.USAGE, "quantize.mixed.latencyMicros needs quantize.mixed.table, which adze-agent"
                    + " calibrate writes on the device");
        }
    }

    private static void requireExportable(Recipe recipe) {
        boolean relative = recipe.task().target() == Recipe.Target.AHEAD && recipe.task().relativeTo() != Recipe.RelativeTo.NONE;
        if (relative && recipe.export().to().stream().anyMatch(target -> target != ExportTarget.SAFETENSORS)) {
            throw new AdzeException(AdzeException.Kind.USAGE, "export.to: ONNX and TensorFlow Lite files do not carry"
                    + " task.relativeTo; set it to none, or export.to: [safetensors]");
        }
    }

    private static void requireOneStart(Recipe recipe) {
        if (recipe.distill().init() != DistillSpec.Init.RANDOM && recipe.student().train().recurrent().pretrainEpochs() > 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, "distill.init and student.train.recurrent.pretrainEpochs both give the"
                    + " student its first weights: set distill.init: random or pretrainEpochs: 0");
        }
    }

    /** The edge runtime must run both, a student on the device and a teacher for its judgement. */
    private static void requireFitting(String what, Recipe.Stage stage, Recipe.Task task) {
        if (stage.train().recurrent().pretrainEpochs() > 0 && Presets.layers(stage) == 1) {
            throw new AdzeException(AdzeException.Kind.USAGE, what + ".train.recurrent.pretrainEpochs trains layer by layer, and there"
                    + " is one: set it to 0, or layers: 2 or more");
        }
        if (stage.train().recurrent().pretrainEpochs() > 0 && stage.architecture().convolution().layers() > 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, what + ".train.recurrent.pretrainEpochs trains recurrent layers one by one,"
                    + " and there are convolutions before them: set it to 0, or architecture.convolution.layers: 0");
        }
        stage.architecture().requireFitting(what, Presets.layers(stage), Presets.hiddenSize(stage), task.mode());
    }

    /** {@code cross-entropy} and {@code min-max} become the constants' names; no other value has such a form. */
    private static JsonNode enumNames(ObjectNode recipe) {
        for (String pointer : List.of("/preprocess/scaling", "/task/target", "/task/relativeTo", "/given/layout", "/quantize/calibration",
                "/quantize/rounding")) {
            int slash = pointer.lastIndexOf('/');
            enumName((ObjectNode) recipe.at(pointer.substring(0, slash)), pointer.substring(slash + 1));
        }
        var stages = new ArrayList<JsonNode>(List.of(recipe.get("teacher"), recipe.get("student")));
        recipe.get("assistants").forEach(stages::add);
        for (JsonNode stage : stages) {
            enumName((ObjectNode) stage.get("train"), "loss");
            enumName((ObjectNode) stage.get("train"), "schedule");
            enumName((ObjectNode) stage.get("architecture"), "cell");
        }
        return recipe;
    }

    private static void enumName(ObjectNode owner, String key) {
        owner.put(key, owner.get(key).asString().replace('-', '_'));
    }
}
