package dev.adze.compress.export;

import dev.adze.compress.evaluate.HeldOut;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Repeats the parity check of an exported file against its bundle, on any machine that has the engine. */
public final class ExportVerifier {
    private ExportVerifier() {}

    /**
     * @param heldOut reads the held-out part; empty if it is not at hand
     * @throws AdzeException NOT_FOUND, BAD_BUNDLE if the engine refuses the file or it is not Adze's, MISMATCH if it
     *                       computes something else than the bundle
     */
    public static ParityReport verify(Path bundleFile, ExportTarget target, Path exported,
            Optional<Function<Manifest, HeldOut>> heldOut) {
        ForeignFile.requireBundle(bundleFile);
        byte[] file = read(exported);
        try (Arena arena = Arena.ofConfined()) {
            Bundle bundle = BundleReader.read(bundleFile, arena);
            RecurrentLayers.requireExportable(bundle.manifest().network(), target);
            ExportForm own = bundle.manifest().task().mode() == TaskSpec.Mode.STREAM ? ExportForm.STEP : ExportForm.WINDOW;
            try (ExportEngine engine = Engines.open(target, file, bundle.manifest(), own)) {
                return new Parity(bundle).check(engine, Tolerances.of(bundle.manifest(), precision(target, file)),
                        heldOut.map(source -> source.apply(bundle.manifest())).orElse(null),
                        "the file was not exported from this bundle, or this engine computes it differently: export it again");
            }
        } catch (AdzeException e) {
            throw e.getMessage().contains(exported.toString()) || e.getMessage().contains(bundleFile.getFileName().toString())
                    ? e : new AdzeException(e.kind(), exported + ": " + e.getMessage(), e);
        }
    }

    private static ExportPrecision precision(ExportTarget target, byte[] file) {
        String name = switch (target) {
            case ONNX -> OnnxInspector.inspect(file).metadata().getOrDefault(OnnxWriter.PRECISION_KEY, "");
            case TFLITE -> {
                byte[] data = TfliteInspector.metadata(file, TfliteWriter.PRECISION_KEY);
                yield data == null ? "" : new String(data, StandardCharsets.UTF_8);
            }
            case SAFETENSORS -> "fp32";
        };
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "FP32" -> ExportPrecision.FP32;
            case "INT8_DYNAMIC", "INT8_HYBRID" -> ExportPrecision.INT8;
            case "INT8_QDQ" -> ExportPrecision.INT8_QDQ;
            case "INT8_WEIGHTS" -> ExportPrecision.INT8_WEIGHTS;
            case "INT16X8" -> ExportPrecision.INT16X8;
            case "INT8_FULL" -> ExportPrecision.INT8_FULL;
            default -> throw new AdzeException(AdzeException.Kind.BAD_BUNDLE, "the file does not tell its precision; it was"
                    + " not written by this version of Adze: export it again");
        };
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, file + " does not exist; name the exported file", e);
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, file + " cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
