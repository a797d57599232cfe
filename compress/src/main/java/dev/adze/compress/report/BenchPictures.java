package dev.adze.compress.report;

import dev.adze.compress.report.chart.Axis;
import dev.adze.compress.report.chart.BarChart;
import dev.adze.compress.report.chart.ChartSize;
import dev.adze.compress.report.chart.SvgFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The benchmark as pictures: an SVG file for a README, and a page with the tables. */
public final class BenchPictures {
    private BenchPictures() {}

    /** Writes the pictures as one SVG file, whole or not at all. @throws dev.adze.runtime.AdzeException CANNOT_WRITE */
    public static void writeSvg(BenchReport report, Path file) {
        AtomicText.write(file, svg(report));
    }

    /** Writes the page, whole or not at all. @throws dev.adze.runtime.AdzeException CANNOT_WRITE */
    public static void writeHtml(BenchReport report, Path file) {
        AtomicText.write(file, html(report));
    }

    /** The text of the SVG file. */
    public static String svg(BenchReport report) {
        SequencedMap<String, String> pictures = new LinkedHashMap<>();
        int[] id = {0};
        report.groups().forEach((mode, rows) ->
                pictures.put(heading(mode), chart(mode, rows).svg(ChartSize.WIDE, "b" + ++id[0])));
        return SvgFile.of(report.title(), report.subtitle(), pictures);
    }

    /** The text of the page. */
    public static String html(BenchReport report) {
        Markup page = new Markup();
        report.groups().forEach((mode, rows) -> {
            BarChart chart = chart(mode, rows);
            page.figure(heading(mode), chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                    BenchTable.columns(report), rows.stream().map(row -> BenchTable.cells(report, row)).toList());
        });
        if (!report.comparisons().isEmpty()) {
            page.section("Ratios").scrollingTable("Ratios taken round by round", BenchTable.comparisonColumns(),
                    BenchTable.comparisonRows(report)).end();
        }
        if (!report.methods().isEmpty()) {
            page.section("How the numbers were taken").bullets(report.methods()).end();
        }
        if (!report.facts().isEmpty()) {
            page.section("Machine and versions").facts(report.facts()).end();
        }
        return Page.of(report.title(), report.subtitle(), page.toString());
    }

    private static String heading(String mode) {
        return mode + ", median time (shorter is better)";
    }

    private static BarChart chart(String mode, List<BenchReport.Row> rows) {
        return new BarChart(heading(mode),
                "Median time of each engine as a bar, its 95 % interval, the 99th percentile as a diamond, and the "
                        + "machine's read-bandwidth limit for the bytes of that precision as a line.",
                Axis.linear("time").formatted(micros -> micros == 0 ? "0" : Units.compact(Units.micros(micros))),
                "ours", "others", "limit (read bandwidth)", "p99", rows.stream().map(BenchPictures::bar).toList());
    }

    private static BarChart.Bar bar(BenchReport.Row row) {
        double ratio = row.ratioToLimit();
        String figure = !row.measured() ? (row.missing() == null ? "not measured" : row.missing())
                : Units.micros(row.p50Micros()) + (Double.isNaN(ratio) ? "" : ", " + Units.factor(ratio) + " limit");
        return new BarChart.Bar(row.engine() + ", " + row.precision(), figure, row.ours(),
                row.measured() ? row.p50Micros() : Double.NaN, or(row.p50Low()), or(row.p50High()), or(row.p99Micros()),
                or(row.limitMicros()));
    }

    private static double or(Double value) {
        return value == null ? Double.NaN : value;
    }
}
