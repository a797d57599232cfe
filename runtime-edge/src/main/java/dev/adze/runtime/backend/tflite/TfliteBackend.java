package dev.adze.runtime.backend.tflite;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.Backend;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the file {@code NAME.tflite} that was exported beside {@code NAME.adze} in form {@code step} (with its
 * {@code NAME.tflite.parity.json}, which proves that it is whole and of this bundle: the engine itself would follow a
 * damaged file out of its memory). Needs {@code org.bytedeco:tensorflow-lite} with the platform's classifier on the class
 * path.
 */
public final class TfliteBackend implements Backend {
    private static final String PROBE = "org.bytedeco.tensorflowlite.global.tensorflowlite";

    @Override
    public String name() {
        return "tflite";
    }

    @Override
    public Optional<String> obstacle(ModelSource model) {
        Path file = model.beside(".tflite");
        if (!Files.isRegularFile(file)) {
            return Optional.of("there is no " + file.getFileName() + " (adze export " + model.file().getFileName()
                    + " --to tflite --form step --out " + file.getFileName() + ")");
        }
        for (Layer layer : model.bundle().manifest().network().layers()) {
            if (!(layer instanceof Lstm || layer instanceof Dense)) {
                return Optional.of("it takes networks of lstm and dense layers, not " + layer.kind());
            }
        }
        return libraryObstacle().or(() -> proofObstacle(model, file));
    }

    /** Finds the binding's classes without running them: running them loads the native library. */
    private static Optional<String> libraryObstacle() {
        try {
            Class.forName(PROBE, false, TfliteBackend.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.of("org.bytedeco:tensorflow-lite is not on the class path");
        }
        return TfliteLibrary.obstacle();
    }

    private static Optional<String> proofObstacle(ModelSource model, Path file) {
        Path proof = file.resolveSibling(file.getFileName() + ".parity.json");
        String again = "; export it again";
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(proof));
            if (!json.path("fileSha256").asString("").equals(ModelSource.sha256(Files.readAllBytes(file)))) {
                return Optional.of(file.getFileName() + " is not the file that " + proof.getFileName() + " is about" + again);
            }
            if (!json.path("bundleSha256").asString("").equals(model.sha256())) {
                return Optional.of(file.getFileName() + " was exported from another bundle" + again);
            }
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.of(proof.getFileName() + " is missing or damaged" + again);
        }
    }

    @Override
    public String identity(ModelSource model) {
        return "TensorFlow Lite " + TfliteLibrary.version() + ", file " + ModelSource.sha256(read(model.beside(".tflite")));
    }

    @Override
    public CompiledNetwork compile(ModelSource model) {
        Path file = model.beside(".tflite");
        var manifest = model.bundle().manifest();
        var program = new TfliteProgram(file.getFileName().toString(), read(file), manifest.network());
        return CompiledNetwork.hosted(manifest.network(), manifest.precision(), this::name, "asked for", program::newRunner,
                program::close);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, file + " cannot be read any more (" + e.getMessage() + ")", e);
        }
    }
}
