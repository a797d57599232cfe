package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class BenchReportTest {
    private static final BenchReport BENCH = SampleBench.of(1);

    @Test
    void tablesShowWhatTheRowsHold() {
        Document page = Markups.parse(BenchPictures.html(BENCH));
        List<List<String>> rows =
                Markups.table(page, "streaming step, 1 thread, median time (shorter is better)");
        assertEquals(List.of("engine", "precision", "p50", "95 % CI", "p99", "95 % CI", "calls", "limit",
                "p50 / limit", "against fastest peer", "max error"), rows.getFirst());
        List<String> ours = rows.get(1);
        assertEquals(List.of("adze native", "fp32", "231 µs"), ours.subList(0, 3));
        assertEquals(List.of("213 µs", "1.08×", "1.61×", "3.0e-7"), ours.subList(7, 11));
        List<String> int8 = rows.get(6);
        assertEquals(List.of("adze native", "int8", "58.0 µs"), int8.subList(0, 3));
        assertEquals(List.of("48.0 µs", "1.21×", "2.03×", "0.0040"), int8.subList(7, 11));
        assertEquals(List.of("TensorRT", "int8", "needs an NVIDIA GPU", "–", "–", "–", "–", "–", "–", "–", "–"),
                rows.getLast());
    }

    @Test
    void ratiosStandBesideTheirAims() {
        List<List<String>> rows = Markups.table(Markups.parse(BenchPictures.html(BENCH)), "Ratios taken round by round");
        assertEquals(List.of("int8 streaming step: best peer / ours", "2.03×", "1.98× … 2.10×", "≥ 2", "yes"), rows.get(1));
        assertEquals(List.of("50-step window: best peer / ours", "–", "–", "", ""), rows.get(2));
    }

    @Test
    void theConsoleTableHoldsEveryRow() {
        String table = BenchTable.console(BENCH).toString();
        assertEquals(2 + BENCH.rows().size(), table.lines().count());
        assertTrue(table.contains("2.30 ms"), table);
    }

    @Test
    void barsAreAsLongAsTheirValuesAndLimitsStandWhereTheyAre() {
        Document svg = Markups.parse(BenchPictures.svg(BENCH));
        Element streaming = Markups.elements(svg, "svg").get(1);
        List<Element> bars = Markups.elements(svg, "rect").stream()
                .filter(rect -> rect.getAttribute("class").startsWith("bar") && inside(rect, streaming)).toList();
        double[] shown = {231, 262, 372, 431, 2304, 58, 118, 190, 463};
        double unit = width(bars.getFirst()) / 231;
        for (int i = 0; i < shown.length; i++) {
            if (i != 4) {
                assertEquals(shown[i], width(bars.get(i)) / unit, 0.1, "bar " + i);
            }
        }
        assertTrue(width(bars.get(4)) / unit < 2304, "the outlier is cut");
        assertEquals(1, Markups.elements(svg, "path").stream()
                .filter(path -> path.getAttribute("class").equals("break") && inside(path, streaming)).count());
        Element limit = Markups.elements(svg, "line").stream()
                .filter(line -> line.getAttribute("class").equals("limit") && inside(line, streaming)).findFirst().orElseThrow();
        double zero = Double.parseDouble(bars.getFirst().getAttribute("x"));
        assertEquals(213, (Double.parseDouble(limit.getAttribute("x1")) - zero) / unit, 0.1);
    }

    private static double width(Element rect) {
        return Double.parseDouble(rect.getAttribute("width"));
    }

    private static boolean inside(Element element, Element ancestor) {
        for (var node = element.getParentNode(); node != null; node = node.getParentNode()) {
            if (node == ancestor) {
                return true;
            }
        }
        return false;
    }

    @Test
    void theSvgFileStandsAlone() {
        String svg = BenchPictures.svg(BENCH);
        assertFalse(svg.replace("xmlns=\"http://www.w3.org/2000/svg\"", "").contains("http"));
        assertTrue(svg.contains("prefers-color-scheme:dark"));
    }

    @Test
    void aBenchmarkReadBackDrawsTheSamePage(@TempDir Path folder) {
        ReportJson.write(BENCH, folder.resolve("bench.json"));
        assertEquals(BENCH, ReportJson.readBench(folder.resolve("bench.json")));
    }

    @Test
    void hostileEmptyAndUnmeasuredRowsAreShown() {
        String hostile = "</text><script>alert(1)</script>";
        BenchReport report = new BenchReport(hostile, hostile, List.of(
                new BenchReport.Row(hostile, true, hostile, hostile, 2, null, null, null, null, null, null, null,
                        null, null, hostile),
                new BenchReport.Row("e", true, "p", hostile, 2, Double.NaN, 1.0, 2.0, 3.0, 4.0, Double.NaN, -1L,
                        -1.0, Double.NaN, null),
                new BenchReport.Row("e", true, "p", hostile, 2, 1e-9, Double.NaN, 1e300, 1e300, null, null, null,
                        1e-12, 1e-30, null)),
                List.of(new BenchReport.Comparison(hostile, Double.NaN, 1.0, Double.POSITIVE_INFINITY, hostile, false)),
                null, null);
        Document page = Markups.parse(BenchPictures.html(report));
        assertEquals(1, Markups.elements(page, "script").size());
        assertEquals(0, Markups.elements(Markups.parse(BenchPictures.svg(report)), "script").size());
        Markups.parse(BenchPictures.svg(new BenchReport("t", null, null, null, null, null)));
        Markups.parse(BenchPictures.html(new BenchReport("t", null, null, null, null, null)));
    }
}
