package dev.adze.compress.report;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file {@code report.json} of a run, from which the page can be drawn again: {@code {"adzeReport": 1, "report":
 * {…}}}. Component names are those of the records; NaN and infinities are the strings {@code "NaN"}, {@code
 * "Infinity"}, {@code "-Infinity"}.
 */
public final class ReportJson {
    /** Version written, and the newest that can be read. */
    public static final int VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record Envelope(Integer adzeReport, RunReport report) {}

    private ReportJson() {}

    /** Writes whole or not at all. @throws AdzeException CANNOT_WRITE */
    public static void write(RunReport report, Path file) {
        AtomicText.write(file, text(report));
    }

    /** The file's content. */
    public static String text(RunReport report) {
        return JSON.writeValueAsString(new Envelope(VERSION, report)) + "\n";
    }

    /** @throws AdzeException NOT_FOUND where there is no such file, BAD_DATA where it is not a report of ours */
    public static RunReport read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new AdzeException(Kind.NOT_FOUND,
                    "no report at " + file + "; give a run's folder that holds report.json, or run the recipe first");
        }
        Envelope envelope;
        try {
            envelope = JSON.readValue(file.toFile(), Envelope.class);
        } catch (JacksonException e) {
            throw new AdzeException(Kind.BAD_DATA, file + " is not a report: " + e.getOriginalMessage()
                    + "; run the recipe again to rewrite it", e);
        }
        if (envelope == null || envelope.adzeReport() == null || envelope.report() == null) {
            throw new AdzeException(Kind.BAD_DATA,
                    file + " is not a report: it lacks \"adzeReport\" or \"report\"; run the recipe again to rewrite it");
        }
        if (envelope.adzeReport() != VERSION) {
            throw new AdzeException(Kind.BAD_DATA, file + " is a report of version " + envelope.adzeReport()
                    + ", this program reads version " + VERSION + "; use the program that wrote it");
        }
        return envelope.report();
    }
}
