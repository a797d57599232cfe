package dev.adze.runtime.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the bundle format wants it: UTF-8, no duplicate names, nothing after the value. */
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder(
                    JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** @param what names the text in messages */
    static JsonNode parse(byte[] utf8, String what) {
        try {
            // Jackson alone would take UTF-16 too, and some malformed UTF-8.
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
            JsonNode node = MAPPER.readTree(text);
            FormatException.require(node != null && !node.isMissingNode(), what + " is empty");
            return node;
        } catch (CharacterCodingException e) {
            throw new FormatException(what + " is not UTF-8");
        } catch (JacksonException e) {
            String place = e.getLocation() == null ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
            throw new FormatException(what + " is not valid JSON" + place + ": " + firstLine(e.getOriginalMessage()));
        }
    }

    private static String firstLine(String message) {
        String line = message.lines().findFirst().orElse("");
        return line.length() > 120 ? line.substring(0, 117) + "..." : line;
    }
}
