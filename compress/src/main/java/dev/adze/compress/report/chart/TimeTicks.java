package dev.adze.compress.report.chart;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Ticks at round times (UTC) for an axis in epoch milliseconds. */
final class TimeTicks {
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long[] STEPS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500,
        SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
        MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
        HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
        DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 182 * DAY, 364 * DAY
    };
    /** Year 9999 and the epoch's mirror of it: outside, a number is no time of ours. */
    private static final double LATEST = 253_402_300_799_999d;

    private TimeTicks() {}

    static boolean isTime(double low, double high) {
        return Math.abs(low) <= LATEST && Math.abs(high) <= LATEST;
    }

    static double[] within(double low, double high, int max) {
        long step = step(high - low, max);
        List<Double> ticks = new ArrayList<>();
        for (long t = Math.ceilDiv((long) Math.ceil(low), step) * step; t <= high; t += step) {
            ticks.add((double) t);
        }
        return ticks.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static long step(double span, int max) {
        for (long step : STEPS) {
            if (span / step <= max - 1) {
                return step;
            }
        }
        long years = 364 * DAY;
        return years * Math.max(1, (long) Math.ceil(span / years / (max - 1)));
    }

    /** As fine as the step: {@code 2026-01-31}, {@code 01-31 14:00}, {@code 14:05}, {@code 14:05:30}, {@code 05:30.250}. */
    static List<String> labels(double[] ticks) {
        double step = ticks.length < 2 ? HOUR : ticks[1] - ticks[0];
        double span = ticks.length < 2 ? 0 : ticks[ticks.length - 1] - ticks[0];
        String pattern = step >= DAY ? "yyyy-MM-dd"
                : span >= DAY ? "MM-dd HH:mm"
                : step >= MINUTE ? "HH:mm"
                : step >= SECOND ? "HH:mm:ss"
                : "mm:ss.SSS";
        DateTimeFormatter format = DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
        List<String> labels = new ArrayList<>();
        for (double tick : ticks) {
            labels.add(format.format(Instant.ofEpochMilli((long) tick)));
        }
        return labels;
    }
}
