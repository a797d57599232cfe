package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportJsonTest {
    @TempDir
    private Path folder;

    @Test
    void aReportReadBackDrawsTheSamePage() {
        RunReport report = SampleRun.of(3);
        Path file = folder.resolve("run/report.json");
        ReportJson.write(report, file);
        RunReport back = ReportJson.read(file);
        assertEquals(HtmlReport.html(report), HtmlReport.html(back));
        assertEquals(ReportJson.text(report), ReportJson.text(back));
    }

    @Test
    void notANumberAndInfinitySurvive() {
        RunReport report = new RunReport("t", null, null, List.of(), List.of(), List.of(new SeriesComparison(
                "y", null, null, new double[] {0, 1, 2}, new double[] {Double.NaN, Double.POSITIVE_INFINITY, 0.1},
                List.of(), 3)), null, null, null, null);
        Path file = folder.resolve("report.json");
        ReportJson.write(report, file);
        double[] truth = ReportJson.read(file).comparisons().getFirst().truth();
        assertTrue(Double.isNaN(truth[0]));
        assertEquals(Double.POSITIVE_INFINITY, truth[1]);
        assertEquals(0.1, truth[2]);
    }

    @Test
    void componentsAbsentFromTheFileReadAsEmpty() throws IOException {
        Path file = Files.writeString(folder.resolve("report.json"), "{\"adzeReport\":1,\"report\":{\"title\":\"t\"}}");
        RunReport report = ReportJson.read(file);
        assertEquals(List.of(), report.stages());
        assertEquals("", report.subtitle());
        assertNull(report.inside());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{", "{\"adzeReport\":1}", "{\"adzeReport\":2,\"report\":{\"title\":\"t\"}}",
        "{\"report\":{\"title\":\"t\"}}", "{\"adzeReport\":1,\"report\":{\"stages\":7}}", "{\"adzeReport\":1,\"report\":{}}",
        "{\"adzeReport\":1,\"report\":{\"title\":\"t\",\"errors\":[{\"name\":\"e\",\"edges\":[1,2],\"stages\":[{\"stage\":\"s\"}]}]}}"})
    void whatIsNoReportIsRefusedInOneLine(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("report.json"), content);
        AdzeException e = assertThrows(AdzeException.class, () -> ReportJson.read(file));
        assertEquals(AdzeException.Kind.BAD_DATA, e.kind());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void aMissingFileIsNotFound() {
        AdzeException e = assertThrows(AdzeException.class, () -> ReportJson.read(folder.resolve("no.json")));
        assertEquals(AdzeException.Kind.NOT_FOUND, e.kind());
    }

    @Test
    void whereItCannotBeWrittenNothingIsLeft() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        for (Path target : List.of(file.resolve("report.json"), Files.createDirectory(folder.resolve("sub")))) {
            AdzeException e = assertThrows(AdzeException.class, () -> ReportJson.write(SampleRun.of(1), target));
            assertEquals(AdzeException.Kind.CANNOT_WRITE, e.kind());
        }
        try (var files = Files.walk(folder)) {
            assertEquals(3, files.count());
        }
    }
}
