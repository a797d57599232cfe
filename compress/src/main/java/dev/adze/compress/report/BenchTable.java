package dev.adze.compress.report;

import dev.adze.compress.report.ConsoleTable.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The benchmark as a table; the same cells on the console and on the page. */
public final class BenchTable {
    private BenchTable() {}

    /** All groups in one table for the terminal. */
    public static ConsoleTable console(BenchReport report) {
        List<Column> columns = new ArrayList<>(List.of(Column.text("mode")));
        columns.addAll(columns(report));
        ConsoleTable table = new ConsoleTable(columns);
        report.groups().forEach((mode, rows) -> rows.forEach(row -> {
            List<String> cells = new ArrayList<>(List.of(mode));
            cells.addAll(cells(report, row));
            table.row(cells.toArray(String[]::new));
        }));
        return table;
    }

    static List<Column> columns(BenchReport report) {
        List<Column> columns = new ArrayList<>(List.of(Column.text("engine"), Column.text("precision"), Column.number("p50"), Column.number("95 % CI"),
                Column.number("p99"), Column.number("95 % CI"), Column.number("calls"), Column.number("limit"), Column.number("p50 / limit"),
                Column.number("against fastest peer"), Column.number("max error")));
        if (report.leavesOut()) {
            columns.add(Column.number("left out"));
        }
        return columns;
    }

    static List<String> cells(BenchReport report, BenchReport.Row row) {
        String against = !row.ours() || !row.measured() ? Units.MISSING : report.fastestPeer(row)
                .map(peer -> Units.factor(peer.p50Micros() / row.p50Micros())).orElse(Units.MISSING);
        List<String> cells = new ArrayList<>(List.of(row.engine(), row.precision(),
                row.measured() ? Units.micros(row.p50Micros()) : row.missing() == null ? Units.MISSING : row.missing(),
                interval(row.p50Low(), row.p50High()), Units.micros(row.p99Micros()), interval(row.p99Low(), row.p99High()),
                Units.exact(row.samples()), Units.micros(row.limitMicros()),
                Units.factor(row.ratioToLimit()), against,
                row.maxError() == null ? Units.MISSING : Units.significant(row.maxError(), 2)));
        if (report.leavesOut()) {
            cells.add(row.leftOut() == null ? Units.MISSING : String.format(Locale.ROOT, "%.1f %%", 100 * row.leftOut()));
        }
        return cells;
    }

    private static String interval(Double low, Double high) {
        return low == null || high == null ? Units.MISSING : Units.micros(low) + " … " + Units.micros(high);
    }

    /** The ratios for the terminal. */
    public static ConsoleTable comparisons(BenchReport report) {
        ConsoleTable table = new ConsoleTable(comparisonColumns());
        comparisonRows(report).forEach(row -> table.row(row.toArray(String[]::new)));
        return table;
    }

    static List<Column> comparisonColumns() {
        return List.of(Column.text("ratio"), Column.number("median"), Column.number("95 % CI"), Column.number("aim"),
                Column.text("reached"));
    }

    static List<List<String>> comparisonRows(BenchReport report) {
        return report.comparisons().stream().map(c -> List.of(c.what(),
                c.ratio() == null ? Units.MISSING : Units.factor(c.ratio()),
                c.low() == null || c.high() == null ? Units.MISSING : Units.factor(c.low()) + " … " + Units.factor(c.high()),
                c.target(), c.reached() == null ? "" : c.reached() ? "yes" : "no")).toList();
    }
}
