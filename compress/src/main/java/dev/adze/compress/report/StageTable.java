package dev.adze.compress.report;

import dev.adze.compress.report.ConsoleTable.Column;
import java.util.ArrayList;
import java.util.List;

/** The stages as a table; the same cells on the console and on the page. */
public final class StageTable {
    private StageTable() {}

    /** For the terminal. */
    public static ConsoleTable console(List<StageResult> stages) {
        ConsoleTable table = new ConsoleTable(columns(stages));
        rows(stages).forEach(row -> table.row(row.toArray(String[]::new)));
        return table;
    }

    static List<Column> columns(List<StageResult> stages) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.text("stage"));
        columns.add(Column.number("parameters"));
        columns.add(Column.number("MACs a step"));
        columns.add(Column.number("file"));
        metricHeadings(stages).forEach(heading -> columns.add(Column.number(heading)));
        columns.add(Column.number("step p50"));
        columns.add(Column.number("step p99"));
        return columns;
    }

    static List<List<String>> rows(List<StageResult> stages) {
        List<String> headings = metricHeadings(stages);
        List<List<String>> rows = new ArrayList<>();
        for (StageResult stage : stages) {
            List<String> row = new ArrayList<>();
            row.add(stage.name());
            row.add(Units.count(stage.parameters()));
            row.add(Units.count(stage.macsPerStep()));
            row.add(Units.bytes(stage.fileBytes()));
            for (String heading : headings) {
                row.add(metrics(stage).stream().filter(metric -> metric.heading().equals(heading))
                        .findFirst().map(StageTable::value).orElse(Units.MISSING));
            }
            StepLatency latency = stage.latency();
            row.add(latency == null ? Units.MISSING : Units.micros(latency.p50Micros()));
            row.add(latency == null ? Units.MISSING : Units.micros(latency.p99Micros()));
            rows.add(row);
        }
        return rows;
    }

    /** {@code 12.93 (12.10 … 13.84)}. */
    public static String value(Metric metric) {
        String value = Units.significant(metric.value(), 4);
        return metric.hasInterval()
                ? value + " (" + Units.significant(metric.ciLow(), 4) + " … " + Units.significant(metric.ciHigh(), 4) + ")"
                : value;
    }

    /** Headings of the metric columns in order of first appearance: stages need not measure the same things. */
    private static List<String> metricHeadings(List<StageResult> stages) {
        List<String> main = stages.stream().map(stage -> stage.metric().heading()).toList();
        List<String> more = stages.stream().flatMap(stage -> stage.moreMetrics().stream()).map(Metric::heading).toList();
        List<String> all = new ArrayList<>(main);
        all.addAll(more);
        return all.stream().distinct().toList();
    }

    private static List<Metric> metrics(StageResult stage) {
        List<Metric> all = new ArrayList<>();
        all.add(stage.metric());
        all.addAll(stage.moreMetrics());
        return all;
    }
}
