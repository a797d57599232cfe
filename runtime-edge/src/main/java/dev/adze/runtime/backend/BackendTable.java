package dev.adze.runtime.backend;

import dev.adze.runtime.latency.Percentile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What was found out about the engines of this machine for one model.
 *
 * @param percentile that the choice was made by
 * @param call       what a call is: {@code step}, or {@code window of 30 steps}
 * @param rows       in the order in which they were tried
 */
public record BackendTable(Percentile percentile, String call, List<Row> rows) {
    public enum Verdict {
        /** Agrees with the golden vectors; may serve. */
        AGREES,
        /** Computes something else than the golden vectors. */
        DISAGREES,
        /** Cannot be tried here. */
        ABSENT,
        /** Broke while it was tried. */
        FAILED
    }

    /**
     * @param identity  version of engine and file, or empty if ABSENT
     * @param reason    one clause for people; empty if AGREES
     * @param largest   difference from a golden output, in scaled units; NaN if it was not compared
     * @param p50Micros of a call; NaN if it was not timed, as the other times
     * @param chosenByMicros the percentile that the choice was made by
     * @param samples   calls timed
     */
    public record Row(String name, String identity, Verdict verdict, String reason, double largest, double p50Micros,
            double chosenByMicros, int samples) {
        static Row untimed(String name, String identity, Verdict verdict, String reason, double largest) {
            return new Row(name, identity, verdict, reason, largest, Double.NaN, Double.NaN, 0);
        }
    }

    public BackendTable {
        rows = List.copyOf(rows);
    }

    /** Names of those that may serve, the fastest first. */
    public List<String> ranking() {
        return rows.stream().filter(row -> row.verdict() == Verdict.AGREES)
                .sorted(Comparator.comparingDouble(Row::chosenByMicros)).map(Row::name).toList();
    }

    /** Lines for people. */
    public List<String> describe() {
        var lines = new ArrayList<String>();
        List<String> ranking = ranking();
        for (Row row : rows) {
            lines.add(switch (row.verdict()) {
                case AGREES -> String.format(Locale.ROOT, "%s: %s %.1f us, p50 %.1f us a %s (%d calls), golden vectors within"
                                + " %.2g%s", row.name(), percentile.label(), row.chosenByMicros(), row.p50Micros(), call,
                        row.samples(), row.largest(), row.name().equals(ranking.getFirst()) ? ", chosen" : "");
                case DISAGREES, FAILED -> row.name() + ": left out, " + row.reason();
                case ABSENT -> row.name() + ": not here, " + row.reason();
            });
        }
        return lines;
    }
}
