package dev.adze.compress.export;

import dev.adze.compress.evaluate.HeldOut;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.AtomicFile;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.session.EdgeModel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** Exports a bundle: writes, looks at what was written, runs it in its own engine, and only then gives it its name. */
public final class Exporter {
    private Exporter() {}

    /**
     * What an export left behind.
     *
     * @param report      the parity report beside the file, {@code FILE.parity.json}
     * @param description of the file's format, for people
     * @param bytes       of the file
     */
    public record Result(Path file, Path report, String description, long bytes, ParityReport parity) {}

    /**
     * @param heldOut reads the held-out part; empty if it is not at hand
     * @throws AdzeException USAGE for what the format does not have, MISMATCH if the file computes something else than the
     *                       bundle, and whatever {@link EdgeModel#open} and writing a file throw
     */
    public static Result export(Path bundleFile, ExportRequest request, Path out,
            Optional<Function<Manifest, HeldOut>> heldOut) {
        ForeignFile.requireBundle(bundleFile);
        try (Arena arena = Arena.ofConfined(); EdgeModel _ = EdgeModel.open(bundleFile)) {
            Bundle bundle = BundleReader.read(bundleFile, arena);
            ExportRequest.Resolved resolved = request.resolve(bundle.manifest());
            if (resolved.target() != ExportTarget.SAFETENSORS && bundle.manifest().task().relative()) {
                throw new AdzeException(AdzeException.Kind.USAGE, bundleFile + ": its outputs are relative to earlier values of"
                        + " their channels (task.relativeTo), which " + resolved.target().title() + " files do not carry; deploy the"
                        + " bundle itself, export --to safetensors, or train with task.relativeTo: none");
            }
            RecurrentLayers.requireExportable(bundle.manifest().network(), resolved.target());
            RecurrentLayers.requireForm(bundle.manifest().network(), resolved);
            var parity = new Parity(bundle);
            byte[] file = bytes(ExportModel.of(bundle), resolved, parity);
            Structure.require(file, resolved, bundle.manifest().network());
            ParityReport report;
            try (ExportEngine engine = Engines.open(resolved.target(), file, bundle.manifest(), resolved.form())) {
                report = parity.check(engine, Tolerances.of(bundle.manifest(), resolved.precision()),
                        heldOut.map(source -> source.apply(bundle.manifest())).orElse(null), mend(resolved));
            }
            // The report first: a file that is there was proven, and its proof lies beside it.
            Path reportFile = ParityFile.beside(out);
            ParityFile.write(reportFile, out, file, bundleFile, bundle.manifest().name(), resolved, report);
            try {
                AtomicFile.write(out, file);
            } catch (AdzeException e) {
                delete(reportFile);
                throw e;
            }
            return new Result(out, reportFile, resolved.describe(), file.length, report);
        }
    }

    private static byte[] bytes(ExportModel model, ExportRequest.Resolved request, Parity parity) {
        return switch (request.target()) {
            case ONNX -> {
                OnnxPrecision precision = switch (request.precision()) {
                    case FP32 -> OnnxPrecision.FP32;
                    case INT8 -> OnnxPrecision.INT8_DYNAMIC;
                    case INT8_QDQ -> OnnxPrecision.INT8_QDQ;
                    case INT8_WEIGHTS -> OnnxPrecision.INT8_WEIGHTS;
                    case INT8_FULL, INT16X8 -> throw new IllegalStateException("refused before");
                };
                yield request.preprocess() ? OnnxWriter.writeWithPreprocessing(model, precision, parity.calibrationFeatures())
                        : OnnxWriter.write(model, request.form(), precision, parity.calibrationFeatures());
            }
            case TFLITE -> request.explicitState() ? TfliteWriter.writeExplicit(model)
                    : TfliteWriter.write(model, request.form(), switch (request.precision()) {
                        case FP32 -> TflitePrecision.FP32;
                        case INT8 -> TflitePrecision.INT8_HYBRID;
                        case INT8_FULL -> TflitePrecision.INT8_FULL;
                        case INT16X8 -> TflitePrecision.INT16X8;
                        case INT8_QDQ, INT8_WEIGHTS -> throw new IllegalStateException("refused before");
                    }, parity.calibrationFeatures());
            case SAFETENSORS -> SafetensorsWriter.write(model).toByteArray();
        };
    }

    private static String mend(ExportRequest.Resolved request) {
        return request.precision() == ExportPrecision.FP32 ? "export with another version of the engine or report this"
                : "the model does not stand this precision: choose " + (request.precision() == ExportPrecision.INT8_FULL
                        ? "--precision int8 or fp32" : "--precision fp32");
    }

    private static void delete(Path report) {
        try {
            Files.deleteIfExists(report);
        } catch (IOException e) {
            // The folder takes no changes at all; the error that is thrown says so.
        }
    }
}
