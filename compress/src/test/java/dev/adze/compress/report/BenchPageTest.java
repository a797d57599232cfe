package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchPageTest {
    @TempDir
    Path folder;

    @Test
    void aNewPageHoldsEveryRowAndThePictureBesideIt() throws IOException {
        BenchReport report = SampleBench.of(1);
        Path page = folder.resolve("results/bench-student.md");
        BenchPage.update(report, page);
        String text = Files.readString(page);
        assertTrue(text.startsWith("# " + report.title()), text);
        assertTrue(text.contains("| adze native | fp32 | 231 µs |") && text.contains("| int8 streaming step: best peer / ours | 2.03× |"), text);
        assertEquals(report.rows().size(), text.lines().filter(line -> line.matches("\\| .* \\| (fp32|int8) \\| .*")).count());
        assertTrue(text.contains("![median times](bench-student.svg)") && Files.exists(folder.resolve("results/bench-student.svg")));
    }

    @Test
    void whatPeopleWroteAroundTheResultsStays() throws IOException {
        Path page = folder.resolve("page.md");
        BenchPage.update(SampleBench.of(1), page);
        String first = Files.readString(page);
        Files.writeString(page, first.replace("# ", "# My ").concat("\nWhat bounds it: the memory.\n"));
        BenchPage.update(SampleBench.of(2), page);
        String second = Files.readString(page);
        assertTrue(second.startsWith("# My ") && second.endsWith("What bounds it: the memory.\n"), second);
        assertEquals(1, second.split(BenchPage.BEGIN, -1).length - 1);
        assertFalse(second.contains(first.lines().filter(line -> line.startsWith("| adze native | int8")).findFirst().orElseThrow()));
    }

    @Test
    void aPageWithoutMarksIsRefusedAndLeftAlone() throws IOException {
        Path page = folder.resolve("notes.md");
        Files.writeString(page, "my notes\n");
        assertEquals(AdzeException.Kind.USAGE, assertThrows(AdzeException.class, () -> BenchPage.require(page)).kind());
        assertThrows(AdzeException.class, () -> BenchPage.update(SampleBench.of(1), page));
        assertEquals("my notes\n", Files.readString(page));
        BenchPage.require(folder.resolve("not-there-yet.md"));
    }

    @Test
    void hostileTextStaysInItsCell() {
        var report = new BenchReport("t", "a\n# b", List.of(new BenchReport.Row("e | <script>\nx", true, "p", "m", 1, null, null,
                null, null, null, null, null, null, null, "c | d")), null, null, null);
        String text = BenchPage.markdown(report, "p.svg");
        assertTrue(text.contains("| e \\| &lt;script> x | p | c \\| d |"), text);
        assertFalse(text.contains("\n# b"), text);
    }
}
