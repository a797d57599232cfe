package dev.adze.compress.report;

import dev.adze.compress.report.ConsoleTable.Column;
import java.util.ArrayList;
import java.util.List;

/** The benchmark as a table; the same cells on the console and on the page. */
public final class BenchTable {
    private BenchTable() {}

    /** All groups in one table for the terminal. */
    public static ConsoleTable console(BenchReport report) {
        List<Column> columns = new ArrayList<>(List.of(Column.text("mode")));
        columns.addAll(columns());
        ConsoleTable table = new ConsoleTable(columns);
        report.groups().forEach((mode, rows) -> rows.forEach(row -> {
            List<String> cells = new ArrayList<>(List.of(mode));
            cells.addAll(cells(report, row));
            table.row(cells.toArray(String[]::new));
        }));
        return table;
    }

    static List<Column> columns() {
        return List.of(Column.text("engine"), Column.text("precision"), Column.number("p50"), Column.number("95 % CI"),
                Column.number("p99"), Column.number("limit"), Column.number("p50 / limit"),
                Column.number("against fastest peer"), Column.number("max error"));
    }

    static List<String> cells(BenchReport report, BenchReport.Row row) {
        String interval = row.p50Low() == null || row.p50High() == null
                ? Units.MISSING : Units.micros(row.p50Low()) + " … " + Units.micros(row.p50High());
        String against = !row.ours() || !row.measured() ? Units.MISSING : report.fastestPeer(row)
                .map(peer -> Units.factor(peer.p50Micros() / row.p50Micros())).orElse(Units.MISSING);
        return List.of(row.engine(), row.precision(),
                row.measured() ? Units.micros(row.p50Micros()) : row.missing() == null ? Units.MISSING : row.missing(),
                interval, Units.micros(row.p99Micros()), Units.micros(row.limitMicros()),
                Units.factor(row.ratioToLimit()), against,
                row.maxError() == null ? Units.MISSING : Units.significant(row.maxError(), 2));
    }
}
