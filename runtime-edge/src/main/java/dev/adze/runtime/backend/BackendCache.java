package dev.adze.runtime.backend;

import dev.adze.runtime.bundle.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measured tables, one file a key. A file that is damaged or of another version counts as none: measuring again costs a
 * second or two.
 */
final class BackendCache {
    private static final int VERSION = 1;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record Entry(int adzeBackends, String key, BackendTable table) {}

    private final Path folder;

    BackendCache(Path folder) {
        this.folder = folder;
    }

    Optional<BackendTable> find(String key) {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(file(key)));
            if (json.path("adzeBackends").asInt(0) != VERSION) {
                return Optional.empty();
            }
            Entry entry = JSON.treeToValue(json, Entry.class);
            return entry.table() != null && entry.key().equals(key) && !entry.table().ranking().isEmpty()
                    ? Optional.of(entry.table()) : Optional.empty();
        } catch (IOException | JacksonException | NullPointerException e) {
            return Optional.empty();
        }
    }

    /** @throws dev.adze.runtime.AdzeException CANNOT_WRITE */
    void store(String key, BackendTable table) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new dev.adze.runtime.AdzeException(dev.adze.runtime.AdzeException.Kind.CANNOT_WRITE, folder
                    + " cannot be made (" + e.getMessage() + "); name another folder for the measured backends", e);
        }
        AtomicFile.write(file(key), JSON.writeValueAsString(new Entry(VERSION, key, table)).getBytes(StandardCharsets.UTF_8));
    }

    private Path file(String key) {
        return folder.resolve(ModelSource.sha256(key.getBytes(StandardCharsets.UTF_8)).substring(0, 32) + ".json");
    }
}
