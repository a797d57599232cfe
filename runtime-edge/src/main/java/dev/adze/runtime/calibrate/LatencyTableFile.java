package dev.adze.runtime.calibrate;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.bundle.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A {@link LatencyTable} as JSON: docs/latency-table.md. */
public final class LatencyTableFile {
    /** Version written, and the only one read. */
    public static final int VERSION = 1;
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

    private record Content(int adzeLatencyTable, LatencyTable table) {}

    private LatencyTableFile() {}

    /** Writes whole or not at all. @throws AdzeException CANNOT_WRITE */
    public static void write(LatencyTable table, Path file) {
        AtomicFile.write(file, (JSON.writeValueAsString(new Content(VERSION, table)) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** @throws AdzeException NOT_FOUND or BAD_DATA */
    public static LatencyTable read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new AdzeException(Kind.NOT_FOUND, "there is no latency table " + file
                    + "; adze-agent calibrate --out FILE measures one on the device");
        }
        try {
            JsonNode root = JSON.readTree(file.toFile());
            if (!root.path("adzeLatencyTable").isInt() || root.path("adzeLatencyTable").intValue() != VERSION) {
                throw bad(file, "it is no latency table of version " + VERSION, null);
            }
            LatencyTable table = JSON.treeToValue(root, Content.class).table();
            if (table == null || table.entries().isEmpty() || table.entries().stream().anyMatch(LatencyTableFile::unsound)) {
                throw bad(file, "an entry has no positive sizes and finite positive times, or there is none", null);
            }
            return table;
        } catch (JacksonException e) {
            throw bad(file, e.getOriginalMessage(), e);
        }
    }

    private static boolean unsound(LatencyTable.Entry e) {
        return e.cell() == null || e.precision() == null || e.precision() == Precision.MIXED || e.inputSize() < 1 || e.hiddenSize() < 1
                || !(e.p50Micros() > 0) || !(e.p99Micros() >= e.p50Micros()) || !Double.isFinite(e.p99Micros());
    }

    private static AdzeException bad(Path file, String what, Exception cause) {
        return new AdzeException(Kind.BAD_DATA, "latency table " + file + ": " + what + "; measure it again with adze-agent calibrate",
                cause);
    }
}
