package dev.adze.compress.report;

import java.util.List;

/** Copies of record components; an absent list in a report file of an earlier version reads as empty. */
final class Lists {
    private Lists() {}

    static <T> List<T> copy(List<T> values) {
        return values == null ? List.of() : List.copyOf(values);
    }

    static double[] copy(double[] values) {
        return values == null ? new double[0] : values.clone();
    }

    static long[] copy(long[] values) {
        return values == null ? new long[0] : values.clone();
    }
}
