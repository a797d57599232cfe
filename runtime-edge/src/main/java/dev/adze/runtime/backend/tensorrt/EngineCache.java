package dev.adze.runtime.backend.tensorrt;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.bundle.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Engines that were built on this device, one file each: a magic word, the key's text, the SHA-256 of the plan, the plan.
 * What is damaged or of another key counts as none, and is replaced by the next build. A folder that takes nothing costs
 * time at every start but nothing else.
 */
final class EngineCache {
    private static final String FOLDER_PROPERTY = "adze.tensorrt.cache";
    private static final int MAGIC = 0x41445A54; // ADZT

    private final Path folder;

    EngineCache(Path folder) {
        this.folder = folder;
    }

    static EngineCache usual() {
        String named = System.getProperty(FOLDER_PROPERTY);
        if (named != null) {
            return new EngineCache(Path.of(named));
        }
        String caches = Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).filter(s -> !s.isEmpty())
                .orElse(System.getProperty("user.home") + "/.cache");
        return new EngineCache(Path.of(caches, "adze", "tensorrt"));
    }

    /** The plan of that key. */
    Optional<byte[]> find(EngineKey key) {
        return read(key.fileName(), key.text());
    }

    void store(EngineKey key, byte[] plan) {
        write(key.fileName(), key.text(), plan);
    }

    /** Empty if there is none. */
    byte[] timings(EngineKey key) {
        return read(key.timingFileName(), key.timingFileName()).orElse(new byte[0]);
    }

    void storeTimings(EngineKey key, byte[] timings) {
        write(key.timingFileName(), key.timingFileName(), timings);
    }

    /** @param machine TensorRT, GPU and driver */
    record ChoiceKey(String machine, String modelSha256) {
        private String fileName() {
            return ModelSource.sha256((machine + modelSha256).getBytes(StandardCharsets.UTF_8)).substring(0, 16) + ".choice";
        }

        private String text() {
            return machine + ", model " + modelSha256;
        }
    }

    /**
     * The fastest of a model's candidates.
     *
     * @param found the measured table, for people
     */
    record Choice(String candidate, String found) {}

    Optional<Choice> choice(ChoiceKey key) {
        return read(key.fileName(), key.text()).map(bytes -> new String(bytes, StandardCharsets.UTF_8).split("\n", 2))
                .filter(lines -> lines.length == 2).map(lines -> new Choice(lines[0], lines[1]));
    }

    void storeChoice(ChoiceKey key, String candidate, String found) {
        write(key.fileName(), key.text(), (candidate + "\n" + found).getBytes(StandardCharsets.UTF_8));
    }

    private Optional<byte[]> read(String name, String text) {
        try (var in = new DataInputStream(Files.newInputStream(folder.resolve(name)))) {
            if (in.readInt() != MAGIC || !in.readUTF().equals(text)) {
                return Optional.empty();
            }
            String sha256 = in.readUTF();
            byte[] content = in.readAllBytes();
            return ModelSource.sha256(content).equals(sha256) ? Optional.of(content) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void write(String name, String text, byte[] content) {
        try {
            Files.createDirectories(folder);
            AtomicFile.write(folder.resolve(name), file(text, content));
        } catch (IOException | AdzeException e) {
            // Built again at the next start.
        }
    }

    private static byte[] file(String text, byte[] content) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.writeUTF(text);
            out.writeUTF(ModelSource.sha256(content));
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory
        }
        return bytes.toByteArray();
    }
}
