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
 * @param lags      how long one quantized step is remembered; empty where not asked
 */
public record Sensitivity(String precision, String metric, double error, List<Part> parts, List<Lag> lags) {
    /** @param error with this part alone quantized */
    public record Part(String name, double error) {}

    /**
     * One step quantized, all others in fp32.
     *
     * @param steps        before the window's last step
     * @param displacement root mean square of what that moves the last output by, scaled units
     */
    public record Lag(int steps, double displacement) {}

    public Sensitivity {
        Objects.requireNonNull(precision, "precision");
        metric = metric == null ? "" : metric;
        parts = Lists.copy(parts);
        lags = Lists.copy(lags);
    }

    /** For the terminal. */
    public ConsoleTable console() {
        ConsoleTable table = new ConsoleTable(columns());
        rows().forEach(row -> table.row(row.toArray(String[]::new)));
        lags.forEach(lag -> table.row(lag.steps() == 0 ? "the last step alone" : "one step, " + lag.steps() + " before the last",
                String.format(Locale.ROOT, "output moves by %.2g", lag.displacement()), ""));
        return table;
    }

    List<Column> columns() {
        return List.of(Column.text("in " + precision), Column.number(metric), Column.number("change"));
    }

    List<List<String>> rows() {
        return parts.stream().map(part -> List.of(part.name(), String.format(Locale.ROOT, "%.5f", part.error()),
                change(part))).toList();
    }

    /** Of the error, against fp32. */
    String change(Part part) {
        return String.format(Locale.ROOT, "%+.3f %%", 100 * (part.error() / error - 1));
    }
}
