package dev.adze.compress.cli;

import dev.adze.compress.data.DataSource;
import dev.adze.compress.data.RecordingSummary;
import dev.adze.compress.data.RecordingSummary.ChannelSummary;
import dev.adze.compress.data.RecordingSummary.SeriesSummary;
import dev.adze.compress.data.RecordingSummary.TimeSummary;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A recording's summary as a table for people. */
final class SummaryPrinter {
    private static final List<String> HEAD =
            List.of("channel", "unit", "valid %", "gaps", "longest", "min", "mean", "max", "std", "remark");

    private final PrintWriter out;

    SummaryPrinter(PrintWriter out) {
        this.out = out;
    }

    void print(DataSource source, RecordingSummary summary) {
        out.println(source.files().getFirst() + (source.files().size() > 1
                ? " and " + (source.files().size() - 1) + " more" : "") + " (" + DataOptions.name(source.format()) + ")");
        SeriesSummary series = summary.series();
        out.println(summary.rows() + " rows, " + summary.channels().size() + " channels, " + series.count() + " series of "
                + (series.minRows() == series.maxRows() ? series.minRows() + " rows" : series.minRows() + " to " + series.maxRows()
                + " rows (median " + series.medianRows() + ")")
                + (series.units() != series.count() ? " from " + series.units() + " units" : ""));
        if (summary.time() == null) {
            out.println("not in time: rows count as steps");
        } else {
            print(summary.time());
        }
        out.println();
        print(summary.channels());
    }

    private void print(TimeSummary time) {
        out.println("time from " + Instant.ofEpochMilli(time.fromMillis()) + " to " + Instant.ofEpochMilli(time.toMillis()));
        if (time.medianMillis() > 0) {
            out.println("period " + duration(time.medianMillis()) + " (" + number(1000 / time.medianMillis()) + " Hz), jitter "
                    + duration(time.jitterMillis()) + " median, " + duration(time.p99JitterMillis()) + " p99"
                    + (time.periodMillis() != (long) time.medianMillis() ? "; nominal " + duration(time.periodMillis()) : "")
                    + (time.repeatedTimes() > 0 ? "; " + time.repeatedTimes() + " rows repeat the time before" : ""));
        }
        out.println("gaps of more than " + number(time.gapFactor()) + " periods: " + time.gaps());
        for (RecordingSummary.Gap gap : time.longestGaps()) {
            out.println("  " + duration(gap.lengthMillis()) + " after " + Instant.ofEpochMilli(gap.afterMillis())
                    + (gap.unitId().isEmpty() ? "" : " in " + gap.unitId()));
        }
        if (time.gaps() > time.longestGaps().size()) {
            out.println("  and " + (time.gaps() - time.longestGaps().size()) + " shorter ones");
        }
    }

    private void print(List<ChannelSummary> channels) {
        var rows = new ArrayList<List<String>>();
        rows.add(HEAD);
        for (ChannelSummary c : channels) {
            rows.add(List.of(c.name(), c.unit(), percent(c.validPercent()), String.valueOf(c.gaps()),
                    String.valueOf(c.longestGap()), number(c.min()), number(c.mean()), number(c.max()), number(c.std()), remark(c)));
        }
        int[] widths = new int[HEAD.size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                boolean left = i < 2 || i == widths.length - 1;
                line.append(i == 0 ? "" : "  ").append(String.format("%" + (left ? "-" : "") + widths[i] + "s", row.get(i)));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String remark(ChannelSummary c) {
        if (c.min() == null) {
            return "no value at all";
        }
        if (c.constant()) {
            return "constant";
        }
        if (c.duplicateOf() == null) {
            return "";
        }
        return Math.abs(c.correlation()) == 1 ? "duplicate of " + c.duplicateOf()
                : "duplicate of " + c.duplicateOf() + String.format(Locale.ROOT, " (correlation %.5f)", c.correlation());
    }

    /** Never rounded up to 100: a missing value must show. */
    private static String percent(double percent) {
        return percent == 100 ? "100" : String.format(Locale.ROOT, "%.2f", Math.min(99.99, percent));
    }

    /** Five significant digits. */
    private static String number(Double value) {
        if (value == null) {
            return "-";
        }
        String text = String.format(Locale.ROOT, "%.5g", value);
        boolean plain = value == 0 || Math.abs(value) >= 1e-4 && Math.abs(value) < 1e5;
        return plain ? text.contains(".") && !text.contains("e") ? text.replaceFirst("\\.?0+$", "") : text
                : String.format(Locale.ROOT, "%.4e", value);
    }

    private static String duration(double millis) {
        if (millis < 1000) {
            return number(millis) + " ms";
        }
        double seconds = millis / 1000;
        return seconds < 120 ? number(seconds) + " s" : seconds < 7200 ? number(seconds / 60) + " min"
                : seconds < 172_800 ? number(seconds / 3600) + " h" : number(seconds / 86_400) + " d";
    }
}
