package dev.adze.compress.report.chart;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * What an axis shows.
 *
 * @param title    with the unit
 * @param kind     of the scale
 * @param covering true where the axis should reach from tick to tick, false where it should end with the data
 * @param format   of tick labels; null for plain numbers
 */
public record Axis(String title, Kind kind, boolean covering, DoubleFunction<String> format) {
    /** {@code TIME}: epoch milliseconds, shown in UTC. */
    public enum Kind { LINEAR, LOG, TIME }

    public static Axis linear(String title) {
        return new Axis(title, Kind.LINEAR, true, null);
    }

    public static Axis log(String title) {
        return new Axis(title, Kind.LOG, true, null);
    }

    /** A linear axis that ends with the data. */
    public static Axis tight(String title) {
        return new Axis(title, Kind.LINEAR, false, null);
    }

    public static Axis time(String title) {
        return new Axis(title, Kind.TIME, false, null);
    }

    public Axis formatted(DoubleFunction<String> format) {
        return new Axis(title, kind, covering, format);
    }

    List<String> labels(double[] ticks, List<String> plain) {
        return format == null ? plain : Arrays.stream(ticks).mapToObj(format).toList();
    }
}
