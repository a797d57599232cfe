package dev.adze.profiles;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A small YAML file that a person wrote, as a JSON tree that knows the line of every value, so that whatever is wrong
 * with it can be told as {@code FILE:LINE: what; how to mend it}.
 *
 * <p>Refused with such a line ({@link ProfileException}): files over 1 MiB, empty ones, bytes that are not UTF-8,
 * broken YAML, duplicate keys, anchors, aliases and tags, more than one document, and by {@link #check} whatever a
 * schema does not allow.
 */
public final class CheckedYaml {
    private static final int MAX_BYTES = 1 << 20;

    private final String file;
    private final JsonNode root;
    private final Map<String, Integer> lines;

    private CheckedYaml(String file, YamlTree tree) {
        this.file = file;
        this.root = tree.root();
        this.lines = tree.lines();
    }

    /** Reads a file; {@link ProfileException.Kind#NOT_FOUND} if it is missing or may not be read. */
    public static CheckedYaml read(Path file) {
        String name = file.toString();
        if (Files.isDirectory(file)) {
            throw notFound(name, "is a folder; name the YAML file in it");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return parse(name, in.readNBytes(MAX_BYTES + 1));
        } catch (NoSuchFileException e) {
            throw notFound(name, "no such file");
        } catch (AccessDeniedException e) {
            throw notFound(name, "may not be read; check its permissions");
        } catch (IOException e) {
            throw notFound(name, "cannot be read: " + e.getMessage());
        }
    }

    /** Parses content that came from elsewhere; {@code name} stands for the file in messages. */
    public static CheckedYaml parse(String name, byte[] content) {
        if (content.length > MAX_BYTES) {
            throw invalid(name, 0, "is larger than 1 MiB; this cannot be a file of settings");
        }
        YamlTree tree = new YamlTree(name, decode(name, content));
        if (tree.root() == null || tree.root().isNull()) {
            throw invalid(name, 0, "is empty");
        }
        if (!tree.root().isObject()) {
            throw invalid(name, tree.lines().get(""), "must be a mapping of keys to values, 'key: value'");
        }
        return new CheckedYaml(name, tree);
    }

    /** Refuses the document with the first thing in it that the schema does not allow. */
    public CheckedYaml check(YamlSchema schema) {
        schema.firstProblem(root, this::line).ifPresent(problem -> {
            throw error(problem.pointer(), problem.message());
        });
        return this;
    }

    public JsonNode root() {
        return root;
    }

    /** The line, from 1, of the value at a JSON pointer, or of the nearest value around it. */
    public int line(String pointer) {
        for (String p = pointer; !p.isEmpty(); p = p.substring(0, p.lastIndexOf('/'))) {
            Integer line = lines.get(p);
            if (line != null) {
                return line;
            }
        }
        return lines.getOrDefault("", 0);
    }

    /** An error about the value at a JSON pointer, for checks that a schema cannot express. */
    public ProfileException error(String pointer, String message) {
        return new ProfileException(
                ProfileException.Kind.INVALID, file, line(pointer), dotted(pointer), message);
    }

    /** {@code /sensors/rate-hz} as people write it: {@code sensors.rate-hz}. */
    static String dotted(String pointer) {
        return Arrays.stream(pointer.split("/")).skip(1)
                .map(part -> part.replace("~1", "/").replace("~0", "~"))
                .map(CheckedYaml::shorten)
                .collect(Collectors.joining("."));
    }

    static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    private static String decode(String name, byte[] content) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(content);
        CharBuffer out = CharBuffer.allocate(content.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            long line = 1 + out.flip().chars().filter(c -> c == '\n').count();
            throw invalid(name, (int) line, "is not UTF-8 text; save it as UTF-8");
        }
        String text = out.flip().toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static ProfileException notFound(String name, String problem) {
        return new ProfileException(ProfileException.Kind.NOT_FOUND, name, 0, "", problem);
    }

    private static ProfileException invalid(String name, int line, String problem) {
        return new ProfileException(ProfileException.Kind.INVALID, name, line, "", problem);
    }
}
