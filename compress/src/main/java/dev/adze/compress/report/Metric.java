package dev.adze.compress.report;

import java.util.Objects;

/**
 * A measured quality figure on the held-out part.
 *
 * @param name           {@code RMSE}, {@code F1}, …
 * @param unit           of the value; empty for a pure number
 * @param value          measured; may be NaN where a stage failed
 * @param ciLow          lower end of the confidence interval, or null where none was computed
 * @param ciHigh         upper end, or null
 * @param higherIsBetter true for accuracies, false for errors
 */
public record Metric(String name, String unit, double value, Double ciLow, Double ciHigh, boolean higherIsBetter) {
    public Metric {
        Objects.requireNonNull(name, "metric name");
        unit = unit == null ? "" : unit;
    }

    /** An error (lower is better) without interval. */
    public static Metric error(String name, String unit, double value) {
        return new Metric(name, unit, value, null, null, false);
    }

    /** An accuracy (higher is better) without interval. */
    public static Metric accuracy(String name, String unit, double value) {
        return new Metric(name, unit, value, null, null, true);
    }

    /** The same figure with a confidence interval. */
    public Metric withInterval(double low, double high) {
        return new Metric(name, unit, value, low, high, higherIsBetter);
    }

    boolean hasInterval() {
        return ciLow != null && ciHigh != null && Double.isFinite(ciLow) && Double.isFinite(ciHigh);
    }

    /** Name and unit for a heading: {@code RMSE [cycles]}. */
    public String heading() {
        return unit.isEmpty() ? name : name + " [" + unit + "]";
    }
}
