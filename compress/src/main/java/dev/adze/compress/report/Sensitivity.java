package dev.adze.compress.report;

import dev.adze.compress.report.ConsoleTable.Column;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What a precision costs, part by part: the student's validation error with only that part quantized.
 *
 * @param precision {@code int8}, {@code int4}
 * @param metric    what {@code error} is: {@code validation RMSE (scaled)}
 * @param error     of the student in fp32
 * @param parts     in order of the network
 */
public record Sensitivity(String precision, String metric, double error, List<Part> parts) {
    /** @param error with this part alone quantized */
    public record Part(String name, double error) {}

    public Sensitivity {
        Objects.requireNonNull(precision, "precision");
        metric = metric == null ? "" : metric;
        parts = Lists.copy(parts);
    }

    /** For the terminal. */
    public ConsoleTable console() {
        ConsoleTable table = new ConsoleTable(columns());
        rows().forEach(row -> table.row(row.toArray(String[]::new)));
        return table;
    }

    List<Column> columns() {
        return List.of(Column.text("in " + precision), Column.number(metric), Column.number("change"));
    }

    List<List<String>> rows() {
        return parts.stream().map(part -> List.of(part.name(), String.format(Locale.ROOT, "%.5f", part.error()),
                String.format(Locale.ROOT, "%+.3f %%", 100 * (part.error() / error - 1)))).toList();
    }
}
