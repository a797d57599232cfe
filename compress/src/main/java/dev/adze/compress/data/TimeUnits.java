package dev.adze.compress.data;

import dev.adze.runtime.AdzeException;

/** Units of numeric time columns. */
final class TimeUnits {
    private TimeUnits() {}

    /** {@code s}, {@code ms}, {@code us}, {@code ns}, or empty where the column holds text. */
    static String of(TimeSpec spec, Channel column) {
        String unit = spec.unit().isEmpty() ? column.unit() : spec.unit();
        return switch (unit) {
            case "s", "ms", "us", "ns", "" -> unit;
            case "\u00b5s", "\u03bcs" -> "us";
            default -> throw new AdzeException(AdzeException.Kind.USAGE, "time column " + column.name() + ": unit " + unit
                    + " is not known; it must be s, ms, us or ns");
        };
    }

    /** SQL for whole milliseconds of a numeric column. */
    static String toMillis(String column, String unit) {
        String scaled = switch (unit) {
            case "s" -> column + " * 1000";
            case "us" -> column + " / 1000";
            case "ns" -> column + " / 1000000";
            default -> column;
        };
        return "TRY_CAST(round(" + scaled + ") AS BIGINT)";
    }

    /** SQL for whole milliseconds of a text column; null where the text is no time. */
    static String textToMillis(String column, TimeSpec spec) {
        return "epoch_ms(" + (spec.format().isEmpty() ? "TRY_CAST(" + column + " AS TIMESTAMPTZ)"
                : "try_strptime(" + column + ", " + DuckDb.literal(spec.format()) + ")") + ")";
    }
}
