package dev.adze.runtime.bundle;

import static dev.adze.runtime.bundle.FormatException.quote;
import static dev.adze.runtime.bundle.FormatException.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object read strictly: every field must be there, of its type and in its range, and {@link #end} refuses what
 * nobody asked for. Messages carry the path of the field.
 */
final class JsonObject {
    private final JsonNode node;
    private final String path;
    private final Set<String> unread;

    JsonObject(JsonNode node, String path) {
        require(node.isObject(), path + " must be an object");
        this.node = node;
        this.path = path;
        unread = new LinkedHashSet<>(node.propertyNames());
    }

    /** Names of the fields, in file order. */
    List<String> names() {
        return List.copyOf(node.propertyNames());
    }

    private String at(String name) {
        return path + "." + name;
    }

    private JsonNode take(String name) {
        JsonNode value = node.get(name);
        require(value != null, at(name) + " is missing");
        unread.remove(name);
        return value;
    }

    String string(String name) {
        JsonNode value = take(name);
        require(value.isString(), at(name) + " must be a string");
        return value.stringValue();
    }

    long integer(String name, long min, long max) {
        JsonNode value = take(name);
        require(value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= min
                && value.longValue() <= max, at(name) + " must be an integer from " + min + " to " + max);
        return value.longValue();
    }

    boolean bool(String name) {
        JsonNode value = take(name);
        require(value.isBoolean(), at(name) + " must be true or false");
        return value.booleanValue();
    }

    double number(String name) {
        return number(take(name), at(name));
    }

    /** A number, or {@code ifNull} where the file says null. */
    double numberOrNull(String name, double ifNull) {
        JsonNode value = take(name);
        return value.isNull() ? ifNull : number(value, at(name));
    }

    private static double number(JsonNode value, String at) {
        require(value.isNumber() && Double.isFinite(value.doubleValue()), at + " must be a finite number");
        return value.doubleValue();
    }

    List<Double> numbers(String name) {
        var numbers = new ArrayList<Double>();
        for (JsonNode element : array(name)) {
            numbers.add(number(element, at(name) + "[" + numbers.size() + "]"));
        }
        return numbers;
    }

    List<Long> integers(String name, long min, long max) {
        var integers = new ArrayList<Long>();
        for (JsonNode element : array(name)) {
            require(element.isIntegralNumber() && element.canConvertToLong() && element.longValue() >= min
                            && element.longValue() <= max,
                    at(name) + "[" + integers.size() + "] must be an integer from " + min + " to " + max);
            integers.add(element.longValue());
        }
        return integers;
    }

    JsonObject object(String name) {
        return new JsonObject(take(name), at(name));
    }

    /** An object, or nothing where the file says null. */
    Optional<JsonObject> objectOrNull(String name) {
        JsonNode value = take(name);
        return value.isNull() ? Optional.empty() : Optional.of(new JsonObject(value, at(name)));
    }

    List<JsonObject> objects(String name) {
        var objects = new ArrayList<JsonObject>();
        for (JsonNode element : array(name)) {
            objects.add(new JsonObject(element, at(name) + "[" + objects.size() + "]"));
        }
        return objects;
    }

    private JsonNode array(String name) {
        JsonNode value = take(name);
        require(value.isArray(), at(name) + " must be an array");
        return value;
    }

    /** An enum constant, written in lower case. */
    <E extends Enum<E>> E choice(String name, Class<E> type) {
        String text = string(name);
        for (E constant : type.getEnumConstants()) {
            if (lowerCase(constant).equals(text)) {
                return constant;
            }
        }
        throw new FormatException(at(name) + " is " + quote(text) + "; it must be one of "
                + Arrays.stream(type.getEnumConstants()).map(JsonObject::lowerCase).collect(Collectors.joining(", ")));
    }

    <E extends Enum<E>> List<E> choices(String name, Class<E> type) {
        var choices = new ArrayList<E>();
        for (JsonNode element : array(name)) {
            E choice = Arrays.stream(type.getEnumConstants()).filter(c -> element.isString() && lowerCase(c).equals(element.stringValue()))
                    .findFirst().orElse(null);
            require(choice != null, at(name) + "[" + choices.size() + "] is none of "
                    + Arrays.stream(type.getEnumConstants()).map(JsonObject::lowerCase).collect(Collectors.joining(", ")));
            choices.add(choice);
        }
        return choices;
    }

    static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Refuses fields that were not read. */
    void end() {
        if (!unread.isEmpty()) {
            throw new FormatException(path + " has an unknown field " + quote(unread.iterator().next()));
        }
    }
}
