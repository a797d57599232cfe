package dev.adze.compress.pipeline;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.json.JsonMapper;

/** Keys of the step cache. */
final class Hashing {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Hashing() {}

    /** SHA-256 over the JSON of all parts (records, strings, numbers), in order. */
    static String key(Object... parts) {
        return sha256(JSON.writeValueAsBytes(parts));
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }
}
