package dev.adze.compress.report;

import dev.adze.compress.report.ConsoleTable.Column;
import dev.adze.compress.report.chart.Axis;
import dev.adze.compress.report.chart.ChartSize;
import dev.adze.compress.report.chart.ParetoChart;
import dev.adze.compress.report.chart.SvgFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A search as a table on the console, a page, a picture. */
public final class SearchPage {
    private SearchPage() {}

    /** Writes whole or not at all. @throws dev.adze.runtime.AdzeException CANNOT_WRITE */
    public static void writeHtml(SearchReport report, Path file) {
        AtomicText.write(file, html(report));
    }

    /** Writes whole or not at all. @throws dev.adze.runtime.AdzeException CANNOT_WRITE */
    public static void writeSvg(SearchReport report, Path file) {
        AtomicText.write(file, svg(report));
    }

    /** The front, the smallest first. */
    public static ConsoleTable front(SearchReport report) {
        var table = new ConsoleTable(columns());
        frontRows(report).forEach(row -> table.row(cells(report, row).toArray(String[]::new)));
        return table;
    }

    private static List<SearchReport.Row> frontRows(SearchReport report) {
        return report.trials().stream().filter(SearchReport.Row::front)
                .sorted(java.util.Comparator.comparingLong(SearchReport.Row::bytes)).toList();
    }

    private static List<Column> columns() {
        return List.of(Column.text("trial"), Column.text("settings"), Column.text("state"), Column.number("validation error"),
                Column.text("held-out part"), Column.number("file"), Column.number("step p99"));
    }

    private static List<String> cells(SearchReport report, SearchReport.Row row) {
        return List.of((row.trial() == report.chosen() ? "→ " : "") + row.trial(), row.settings(),
                row.message().isEmpty() ? row.state() : row.state() + ": " + row.message(),
                Units.significant(row.error(), 5), row.held(), Units.bytes(row.bytes()), Units.micros(row.micros()));
    }

    /** The page's text. */
    public static String html(SearchReport report) {
        var page = new Markup();
        page.paragraph(report.why());
        page.section("The front");
        page.cardTable("Finished trials that no other one beats in everything; the arrow marks the chosen one", columns(),
                frontRows(report).stream().map(row -> cells(report, row)).toList());
        for (ParetoChart chart : charts(report)) {
            page.figure(chart.title(), chart.svg(ChartSize.WIDE, page.id()), chart.svg(ChartSize.NARROW, page.id()),
                    columns(), report.trials().stream().filter(SearchReport.Row::finished).map(row -> cells(report, row)).toList());
        }
        page.end();
        page.section("All trials").cardTable("In the order they were proposed", columns(),
                report.trials().stream().map(row -> cells(report, row)).toList()).end();
        page.section("How it was searched").bullets(report.methods());
        if (!report.limits().isEmpty()) {
            page.bullets(report.limits());
        }
        page.end();
        page.section("Where this comes from").facts(report.facts()).end();
        return Page.of(report.title(), report.subtitle(), page.toString());
    }

    /** The text of the SVG file. */
    public static String svg(SearchReport report) {
        var pictures = new LinkedHashMap<String, String>();
        int id = 0;
        for (ParetoChart chart : charts(report)) {
            pictures.put(chart.title(), chart.svg(ChartSize.WIDE, "p" + ++id));
        }
        return SvgFile.of(report.title(), report.subtitle(), pictures);
    }

    private static List<ParetoChart> charts(SearchReport report) {
        return List.of(
                chart(report, "Validation error and size", Axis.log("file size (log scale)")
                        .formatted(bytes -> Units.compact(Units.bytes(Math.round(bytes)))), SearchReport.Row::bytes, report.bytesLimit()),
                chart(report, "Validation error and latency", Axis.log("step, 99th percentile (log scale)")
                        .formatted(micros -> Units.compact(Units.micros(micros))), SearchReport.Row::micros, report.microsLimit()));
    }

    private static ParetoChart chart(SearchReport report, String title, Axis x, ToDoubleFunction<SearchReport.Row> at, double limit) {
        var points = new ArrayList<ParetoChart.Point>();
        for (SearchReport.Row row : report.trials()) {
            if (row.finished()) {
                points.add(new ParetoChart.Point(Integer.toString(row.trial()), at.applyAsDouble(row), row.error(), row.front(),
                        row.trial() == report.chosen()));
            }
        }
        return new ParetoChart(title, "Each mark is a finished trial; nearer to the lower left corner is better. The line joins trials"
                + " that none beats in both.", x, Axis.linear("validation error"), limit, points);
    }
}
