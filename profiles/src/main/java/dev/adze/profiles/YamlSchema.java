package dev.adze.profiles;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON Schema (2020-12) whose violations are told in words for the person who wrote the file: the key, what it must
 * be, what it is, and the nearest valid name.
 */
public final class YamlSchema {
    private final JsonNode text;
    private final Schema schema;

    private YamlSchema(JsonNode text) {
        this.text = text;
        this.schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text);
    }

    /** Loads a schema that lies beside {@code owner} on the class path; absolute names start with a slash. */
    public static YamlSchema ofResource(Class<?> owner, String name) {
        try (InputStream in = owner.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name + " beside " + owner.getName());
            }
            return new YamlSchema(JsonMapper.shared().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The schema itself, for documentation and tests. */
    public JsonNode json() {
        return text;
    }

    record Problem(String pointer, String message) {}

    /** The violation that stands first in the file, by {@code lineOf} a JSON pointer. */
    Optional<Problem> firstProblem(JsonNode document, ToIntFunction<String> lineOf) {
        List<Problem> problems = new ArrayList<>();
        List<Problem> missing = new ArrayList<>();
        for (Error error : schema.validate(document)) {
            (error.getKeyword().equals("required") ? missing : problems).add(describe(error));
        }
        // A misspelt key is missing too: telling that it is unknown helps more.
        return problems.stream()
                .min(Comparator.comparingInt(problem -> lineOf.applyAsInt(problem.pointer())))
                .or(() -> missing.stream().findFirst());
    }

    private Problem describe(Error error) {
        String at = error.getInstanceLocation().toString();
        String key = "'" + CheckedYaml.dotted(at) + "'";
        JsonNode rule = error.getSchemaNode();
        JsonNode value = error.getInstanceNode();
        return switch (error.getKeyword()) {
            case "additionalProperties", "unevaluatedProperties" -> unknownKey(at, error.getProperty());
            case "required" -> {
                String absent = (at.isEmpty() ? "" : CheckedYaml.dotted(at) + ".") + error.getProperty();
                yield new Problem(at, "key '" + absent + "' is missing");
            }
            case "type" -> new Problem(at, key + " must be " + article(rule.asString(), value) + ", but is " + show(value));
            case "enum" -> new Problem(at, key + " must be " + oneOf(rule) + ", but is " + show(value) + hint(value, rule));
            case "const" -> new Problem(at, key + " must be " + show(rule) + ", but is " + show(value));
            case "minimum" -> new Problem(at, key + " must be at least " + rule.asString() + ", but is " + show(value));
            case "maximum" -> new Problem(at, key + " must be at most " + rule.asString() + ", but is " + show(value));
            case "exclusiveMinimum" ->
                new Problem(at, key + " must be more than " + rule.asString() + ", but is " + show(value));
            case "minLength" -> new Problem(at, key + " must not be empty");
            case "pattern" -> new Problem(at, key + " is " + show(value) + ", but must be " + described(at, rule));
            default -> new Problem(at, key + ": " + error.getMessage());
        };
    }

    private Problem unknownKey(String at, String name) {
        String pointer = at + "/" + name.replace("~", "~0").replace("/", "~1");
        Set<String> known = known(schemaAt(at));
        String mend = NearestName.of(name, known).map(near -> "did you mean '" + near + "'?")
                .or(() -> elsewhere(text, "", name).map(path -> "it belongs at '" + path + "'"))
                .orElse("known here: " + String.join(", ", known));
        return new Problem(pointer, "unknown key '" + CheckedYaml.dotted(pointer) + "'; " + mend);
    }

    /** A pattern means nothing to most readers: the schema's description says it in words. */
    private String described(String at, JsonNode pattern) {
        JsonNode description = schemaAt(at).path("description");
        return description.isString() ? description.asString() : "of the form " + pattern.asString();
    }

    /** The part of the schema that rules the value at a pointer; plain nesting only, which is all that our schemas use. */
    private JsonNode schemaAt(String pointer) {
        JsonNode node = text;
        for (String part : pointer.split("/")) {
            if (part.isEmpty()) {
                continue;
            }
            String name = part.replace("~1", "/").replace("~0", "~");
            JsonNode property = node.path("properties").path(name);
            JsonNode next = !property.isMissingNode() ? property
                    : node.has("items") ? node.path("items") : node.path("additionalProperties");
            node = next.has("$ref") ? text.at(next.path("$ref").asString().substring(1)) : next;
        }
        return node;
    }

    private static Set<String> known(JsonNode schema) {
        return new LinkedHashSet<>(schema.path("properties").propertyNames());
    }

    /** The first place further down where a key of that very name is known. */
    private static Optional<String> elsewhere(JsonNode schema, String path, String name) {
        for (var entry : schema.path("properties").properties()) {
            String here = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            if (entry.getKey().equals(name)) {
                return Optional.of(here);
            }
            Optional<String> below = elsewhere(entry.getValue(), here, name);
            if (below.isPresent()) {
                return below;
            }
        }
        return Optional.empty();
    }

    private static String article(String type, JsonNode value) {
        return switch (type) {
            case "string" -> value.isNumber() ? "text (put it in quotes)" : "text";
            case "integer" -> "a whole number";
            case "number" -> "a number";
            case "boolean" -> "true or false";
            case "object" -> "a mapping of keys";
            case "array" -> "a list";
            default -> type;
        };
    }

    private static String show(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "'" + CheckedYaml.shorten(value.asString()) + "'";
            case OBJECT -> "a mapping of keys";
            case ARRAY -> "a list";
            case NULL, MISSING -> "empty";
            case NUMBER -> CheckedYaml.shorten(value.decimalValue().stripTrailingZeros().toPlainString());
            default -> value.asString();
        };
    }

    private static String oneOf(JsonNode values) {
        List<String> names = new ArrayList<>();
        values.forEach(value -> names.add(value.asString()));
        return names.size() == 1 ? names.getFirst()
                : String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
    }

    private static String hint(JsonNode value, JsonNode values) {
        Set<String> names = new TreeSet<>();
        values.forEach(v -> names.add(v.asString()));
        return value.isString()
                ? NearestName.of(value.asString(), names).map(near -> "; did you mean '" + near + "'?").orElse("")
                : "";
    }
}
