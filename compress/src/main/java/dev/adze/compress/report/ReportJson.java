package dev.adze.compress.report;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file {@code report.json} of a run, from which the page can be drawn again: {@code {"adzeReport": 1, "report":
 * {…}}}, and that of a benchmark: {@code {"adzeBench": 1, "bench": {…}}}. Component names are those of the records;
 * NaN and infinities are the strings {@code "NaN"}, {@code "Infinity"}, {@code "-Infinity"}.
 */
public final class ReportJson {
    /** Version written, and the only one read. */
    public static final int VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record ReportFile(int adzeReport, RunReport report) {}

    private record BenchFile(int adzeBench, BenchReport bench) {}

    private ReportJson() {}

    /** Writes whole or not at all. @throws AdzeException CANNOT_WRITE */
    public static void write(RunReport report, Path file) {
        AtomicText.write(file, text(report));
    }

    /** Writes whole or not at all. @throws AdzeException CANNOT_WRITE */
    public static void write(BenchReport bench, Path file) {
        AtomicText.write(file, text(bench));
    }

    /** The file's content. */
    public static String text(RunReport report) {
        return JSON.writeValueAsString(new ReportFile(VERSION, report)) + "\n";
    }

    /** The file's content. */
    public static String text(BenchReport bench) {
        return JSON.writeValueAsString(new BenchFile(VERSION, bench)) + "\n";
    }

    /** @throws AdzeException NOT_FOUND where there is no such file, BAD_DATA where it is not a run's report */
    public static RunReport read(Path file) {
        return read(file, "adzeReport", "report", RunReport.class, "run the recipe");
    }

    /** @throws AdzeException NOT_FOUND where there is no such file, BAD_DATA where it is not a benchmark's */
    public static BenchReport readBench(Path file) {
        return read(file, "adzeBench", "bench", BenchReport.class, "run the benchmark");
    }

    private static <T> T read(Path file, String versionKey, String contentKey, Class<T> type, String mend) {
        if (!Files.isRegularFile(file)) {
            throw new AdzeException(Kind.NOT_FOUND, "no report at " + file + "; check the path, or " + mend + " first");
        }
        try {
            JsonNode root = JSON.readTree(file.toFile());
            JsonNode version = root.path(versionKey);
            if (!version.isInt() || !root.path(contentKey).isObject()) {
                throw new AdzeException(Kind.BAD_DATA, file + " is not a report: it lacks \"" + versionKey + "\" or \""
                        + contentKey + "\"; " + mend + " again to rewrite it");
            }
            if (version.asInt() != VERSION) {
                throw new AdzeException(Kind.BAD_DATA, file + " is a report of version " + version.asInt()
                        + ", this program reads version " + VERSION + "; use the program that wrote it");
            }
            return JSON.treeToValue(root.path(contentKey), type);
        } catch (JacksonException e) {
            throw new AdzeException(Kind.BAD_DATA, file + " is not a report: " + e.getOriginalMessage() + "; " + mend
                    + " again to rewrite it", e);
        }
    }
}
