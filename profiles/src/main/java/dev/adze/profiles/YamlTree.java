package dev.adze.profiles;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.JsonSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Builds a JSON tree from YAML's event stream and notes the line of every key and value.
 *
 * <p>Only the plain part of YAML is taken: one document of mappings, sequences and scalars that resolve as in JSON.
 * Anchors, aliases and tags are refused, so nothing can expand or instantiate anything; depth is bounded, and there is
 * no recursion that a hostile file could drive.
 */
final class YamlTree {
    private static final int MAX_DEPTH = 32;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final LoadSettings SETTINGS = LoadSettings.builder().setSchema(new JsonSchema()).build();

    private final String file;
    private final String text;
    private final Map<String, Integer> lines = new HashMap<>();
    private final Deque<Open> open = new ArrayDeque<>();
    private JsonNode root;

    /** A collection whose end has not come yet. */
    private static final class Open {
        final JsonNode node;
        final String pointer;
        String key;

        Open(JsonNode node, String pointer) {
            this.node = node;
            this.pointer = pointer;
        }
    }

    YamlTree(String file, String text) {
        this.file = file;
        this.text = text;
        try {
            for (Event event : new Parse(SETTINGS).parseString(text)) {
                accept(event);
            }
        } catch (MarkedYamlEngineException e) {
            throw problem(e);
        } catch (YamlEngineException e) {
            throw new ProfileException(ProfileException.Kind.INVALID, file, 0, "", "not valid YAML: " + e.getMessage());
        }
    }

    /** The document, or null if there is none (an empty file, or comments only). */
    JsonNode root() {
        return root;
    }

    /** Lines from 1 by JSON pointer; for a mapping's entry the line of its key. */
    Map<String, Integer> lines() {
        return lines;
    }

    private void accept(Event event) {
        int line = event.getStartMark().orElseThrow().getLine() + 1;
        if (event instanceof AliasEvent) {
            throw refuse(line, "aliases (*name) are not allowed here; write the value out");
        }
        if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            throw refuse(line, "anchors (&name) are not allowed here; write the value out where it is used");
        }
        switch (event.getEventId()) {
            case DocumentStart -> {
                if (root != null) {
                    throw refuse(line, "a second document starts here; keep one in a file");
                }
            }
            case MappingStart -> begin((CollectionStartEvent) event, NODES.objectNode(), line);
            case SequenceStart -> begin((CollectionStartEvent) event, NODES.arrayNode(), line);
            case MappingEnd, SequenceEnd -> open.pop();
            case Scalar -> scalar((ScalarEvent) event, line);
            case StreamStart, StreamEnd, DocumentEnd, Comment, Alias -> { }
        }
    }

    private void begin(CollectionStartEvent event, JsonNode node, int line) {
        if (event.getTag().isPresent()) {
            throw refuse(line, "tags (!type) are not allowed here");
        }
        if (open.size() == MAX_DEPTH) {
            throw refuse(line, "nested deeper than " + MAX_DEPTH + " levels");
        }
        if (expectsKey()) {
            throw refuse(line, "a key must be a plain name, not a list or mapping");
        }
        open.push(new Open(node, add(node, line)));
    }

    private void scalar(ScalarEvent event, int line) {
        if (event.getTag().isPresent()) {
            throw refuse(line, "tags (!type) are not allowed here");
        }
        if (!expectsKey()) {
            add(value(event, line), line);
            return;
        }
        Open mapping = open.peek();
        mapping.key = event.getValue();
        String pointer = child(mapping.pointer, mapping.key);
        Integer earlier = lines.putIfAbsent(pointer, line);
        if (earlier != null) {
            String path = CheckedYaml.dotted(pointer);
            throw new ProfileException(ProfileException.Kind.INVALID, file, line, path,
                    "key '" + path + "' is given twice, first on line " + earlier + "; keep one");
        }
    }

    private boolean expectsKey() {
        return !open.isEmpty() && open.peek().node instanceof ObjectNode && open.peek().key == null;
    }

    /** Puts a finished scalar or a fresh collection in its place and returns its pointer. */
    private String add(JsonNode node, int line) {
        if (open.isEmpty()) {
            root = node;
            lines.put("", line);
            return "";
        }
        Open parent = open.peek();
        switch (parent.node) {
            case ObjectNode object -> {
                String pointer = child(parent.pointer, parent.key);
                object.set(parent.key, node);
                parent.key = null;
                return pointer;
            }
            case ArrayNode array -> {
                String pointer = parent.pointer + "/" + array.size();
                array.add(node);
                lines.put(pointer, line);
                return pointer;
            }
            default -> throw new IllegalStateException(parent.node.getNodeType() + " cannot hold values");
        }
    }

    private JsonNode value(ScalarEvent event, int line) {
        String value = event.getValue();
        Tag tag = SETTINGS.getSchema().getScalarResolver().resolve(value, event.getImplicit().canOmitTagInPlainScalar());
        if (tag.equals(Tag.NULL)) {
            return NODES.nullNode();
        } else if (tag.equals(Tag.BOOL)) {
            return NODES.booleanNode(Boolean.parseBoolean(value));
        } else if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return number(value, tag, line);
        }
        return NODES.stringNode(value);
    }

    private JsonNode number(String value, Tag tag, int line) {
        // Arbitrary precision is quadratic in the digits, and an exponent of 10^9 would never end.
        if (value.length() <= 30) {
            if (tag.equals(Tag.INT)) {
                BigInteger integer = new BigInteger(value);
                return integer.bitLength() < 32 ? NODES.numberNode(integer.intValue()) : NODES.numberNode(integer);
            }
            double number = value.contains("nan") || value.contains("inf") ? Double.NaN : Double.parseDouble(value);
            if (Double.isFinite(number)) {
                return NODES.numberNode(number);
            }
        }
        throw refuse(line, "'" + CheckedYaml.shorten(value) + "' is not a usable number");
    }

    private ProfileException refuse(int line, String problem) {
        return new ProfileException(ProfileException.Kind.INVALID, file, line, "", problem);
    }

    private ProfileException problem(MarkedYamlEngineException e) {
        int line = e.getProblemMark().or(e::getContextMark).map(mark -> mark.getLine() + 1).orElse(0);
        String source = line == 0 ? "" : text.lines().skip(line - 1L).findFirst().orElse("");
        if (source.matches(" *\t.*")) {
            return refuse(line, "a tab in the indentation; YAML wants spaces");
        }
        String context = e.getContext() == null ? "" : e.getContext() + ", ";
        return refuse(line, "not valid YAML: " + CheckedYaml.shorten(context + e.getProblem()));
    }

    private static String child(String pointer, String key) {
        return pointer + "/" + key.replace("~", "~0").replace("/", "~1");
    }
}
