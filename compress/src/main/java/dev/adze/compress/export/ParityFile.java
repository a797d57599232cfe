package dev.adze.compress.export;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The parity report of an export, {@code FILE.parity.json} (docs/exports.md has its fields). */
final class ParityFile {
    private static final int VERSION = 1;
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ParityFile() {}

    static Path beside(Path exported) {
        return exported.resolveSibling(exported.getFileName() + ".parity.json");
    }

    /** @throws AdzeException CANNOT_WRITE */
    static void write(Path target, Path exported, byte[] content, Path bundleFile, String bundleName,
            ExportRequest.Resolved request, ParityReport report) {
        var json = new LinkedHashMap<String, Object>();
        json.put("adzeParity", VERSION);
        json.put("file", exported.getFileName().toString());
        json.put("fileSha256", sha256(content));
        json.put("fileBytes", content.length);
        json.put("bundle", bundleName);
        json.put("bundleSha256", sha256(read(bundleFile)));
        json.put("target", request.target().name().toLowerCase(Locale.ROOT));
        json.put("form", report.form().name().toLowerCase(Locale.ROOT));
        json.put("precision", request.precision().word());
        json.put("engine", report.engine());
        var golden = new LinkedHashMap<String, Object>();
        golden.put("cases", report.goldenCases());
        golden.put("values", report.values());
        golden.put("largestDifference", report.largest());
        golden.put("rootMeanSquareDifference", report.rootMeanSquare());
        golden.put("absoluteTolerance", report.tolerance().absolute());
        golden.put("relativeTolerance", report.tolerance().relative());
        json.put("golden", golden);
        report.heldOut().ifPresent(figures -> {
            var heldOut = new LinkedHashMap<String, Object>();
            heldOut.put("metric", figures.metric());
            heldOut.put("unit", figures.unit());
            heldOut.put("bundle", figures.bundle());
            heldOut.put("export", figures.export());
            heldOut.put("exportLow", figures.interval().low());
            heldOut.put("exportHigh", figures.interval().high());
            heldOut.put("relativeChange", figures.change());
            heldOut.put("allowedChange", HeldOutParity.ALLOWED_CHANGE);
            heldOut.put("values", figures.values());
            heldOut.put("largestDifference", figures.largest());
            heldOut.put("rootMeanSquareDifference", figures.rootMeanSquare());
            json.put("heldOut", heldOut);
        });
        AtomicFile.write(target, (JSON.writeValueAsString(json) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, file + " cannot be read any more (" + e.getMessage() + ")", e);
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
