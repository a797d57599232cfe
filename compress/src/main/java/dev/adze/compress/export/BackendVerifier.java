package dev.adze.compress.export;

import dev.adze.compress.evaluate.HeldOut;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.Backend;
import dev.adze.runtime.backend.ModelSource;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.bundle.Manifest;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Holds a bundle on one of the runtime's backends ({@code tensorrt}, {@code cuda}, a kernel by name) to its golden vectors. */
public final class BackendVerifier {
    private BackendVerifier() {}

    /**
     * Every output of the golden vectors within the bundle's own tolerance; with a held-out part also its task metric.
     *
     * @param backends to choose from by name
     * @throws AdzeException USAGE for a name that is not among them, UNAVAILABLE in one line where the GPU or a library is
     *                       missing, MISMATCH if the backend computes something else
     */
    public static ParityReport verify(Path bundleFile, String name, List<Backend> backends,
            Optional<Function<Manifest, HeldOut>> heldOut) {
        ForeignFile.requireBundle(bundleFile);
        Backend backend = find(name, backends);
        try (Arena arena = Arena.ofShared()) {
            Bundle bundle = BundleReader.read(bundleFile, arena);
            try (var engine = BackendEngine.open(backend, ModelSource.of(bundleFile, bundle))) {
                return new Parity(bundle).check(engine, bundle.manifest().tolerance(),
                        heldOut.map(source -> source.apply(bundle.manifest())).orElse(null),
                        "leave this backend out on this machine and report it");
            }
        } catch (AdzeException e) {
            throw e.kind() == AdzeException.Kind.USAGE || e.getMessage().contains(bundleFile.getFileName().toString())
                    ? e : new AdzeException(e.kind(), bundleFile + ": " + e.getMessage(), e);
        }
    }

    /** @throws AdzeException USAGE for a name that is not among them */
    public static Backend find(String name, List<Backend> backends) {
        return backends.stream().filter(b -> b.name().equals(name)).findFirst()
                .orElseThrow(() -> new AdzeException(AdzeException.Kind.USAGE, "--with " + name + ": no such engine; choose"
                        + " onnx FILE, tflite FILE, torch FILE, or a backend of this machine: "
                        + String.join(", ", backends.stream().map(Backend::name).toList())));
    }
}
