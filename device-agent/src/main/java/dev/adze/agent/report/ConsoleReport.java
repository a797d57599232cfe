package dev.adze.agent.report;

import dev.adze.agent.board.BoardState;
import dev.adze.agent.ledger.AgentStatus.Snapshot;
import dev.adze.agent.ledger.Slowest;
import dev.adze.agent.ledger.Stage;
import dev.adze.agent.ledger.StageFigures;
import dev.adze.agent.ledger.StateFigures;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.bundle.TaskSpec.OutputSpec;
import dev.adze.runtime.latency.LatencyHistogram.Interval;
import dev.adze.runtime.latency.Percentile;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * The report for people: on a terminal a table that is drawn over itself, elsewhere a line an interval; at the end the
 * table in both. Latencies are in milliseconds.
 */
public final class ConsoleReport {
    /** More would not fit a line. */
    private static final int OUTPUTS_SHOWN = 3;
    private static final int UNREAD_SHOWN = 2;
    private static final String CURSOR_UP = "\u001b[%dA";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    /** A line that wraps would spoil the drawing over; the table itself is as wide as this. */
    private static final int TERMINAL_WIDTH = 80;

    private final PrintStream out;
    private final RunInfo run;
    private final boolean terminal;
    private int linesDrawn;

    /** @param terminal whether {@code out} understands cursor movements */
    public ConsoleReport(PrintStream out, RunInfo run, boolean terminal) {
        this.out = out;
        this.run = run;
        this.terminal = terminal;
    }

    /** One line on what is about to run. */
    public void started() {
        out.printf(Locale.ROOT, "%s (%s, %s) on %d channels at %s Hz, profile %s%n", run.model(), run.precision(),
                run.kernel(), run.channels().size(), plain(run.rateHz()), run.profile());
        out.flush();
    }

    public void note(String line) {
        out.println(line);
        out.flush();
    }

    public void interim(Snapshot status, double seconds) {
        if (terminal) {
            draw(table(status, seconds));
        } else {
            StageFigures total = status.stages().get(Stage.TOTAL.ordinal());
            out.println(clock(seconds) + "  " + counters(status) + "  total p50 " + percentile(total, Percentile.P50).strip() + " max "
                    + millis(total.samples() == 0 ? -1 : total.maxNanos()).strip() + " ms  " + decision(status));
        }
        out.flush();
    }

    /** The last report. */
    public void stopped(Snapshot status, double seconds, String reason) {
        List<String> lines = new ArrayList<>(table(status, seconds));
        intervals(status, lines);
        states(status, lines);
        status.slowest().ifPresent(slowest -> lines.add(slowest(slowest)));
        lines.add("stopped: " + reason);
        draw(lines);
        out.flush();
    }

    private void draw(List<String> lines) {
        var text = new StringBuilder();
        if (terminal && linesDrawn > 0) {
            text.append(String.format(CURSOR_UP, linesDrawn));
        }
        for (String line : lines) {
            text.append(terminal ? cut(line) + CLEAR_LINE : line).append('\n');
        }
        text.append(terminal ? CLEAR_BELOW : "");
        out.print(text);
        linesDrawn = lines.size();
    }

    private static String cut(String line) {
        return line.length() <= TERMINAL_WIDTH ? line : line.substring(0, TERMINAL_WIDTH - 1) + "\u2026";
    }

    private List<String> table(Snapshot status, double seconds) {
        var lines = new ArrayList<String>();
        lines.add(clock(seconds) + "  " + counters(status));
        lines.add(decision(status));
        unread(status).ifPresent(lines::add);
        lines.add(String.format("%-11s %8s %9s %9s %9s %9s %9s %9s", "latency ms", "n", "mean", "p50", "p90", "p99", "p99.9", "max"));
        for (StageFigures f : status.stages()) {
            lines.add(String.format("%-11s %8d %s %s %s %s %s %s", f.stage().label(), f.samples(),
                    millis(f.samples() == 0 ? -1 : Math.round(f.meanNanos())), percentile(f, Percentile.P50),
                    percentile(f, Percentile.P90), percentile(f, Percentile.P99), percentile(f, Percentile.P99_9),
                    millis(f.samples() == 0 ? -1 : f.maxNanos())));
        }
        return lines;
    }

    /** At the end alone: on a terminal the figures above change too often for a second table to be read beside them. */
    private static void intervals(Snapshot status, List<String> lines) {
        if (status.stages().stream().allMatch(f -> f.interval(Percentile.P50) == null)) {
            return;
        }
        lines.add(String.format("%-11s %16s %16s %16s %16s", "95 % ms", "p50", "p90", "p99", "p99.9"));
        for (StageFigures f : status.stages()) {
            lines.add(String.format("%-11s %16s %16s %16s %16s", f.stage().label(), interval(f, Percentile.P50), interval(f, Percentile.P90),
                    interval(f, Percentile.P99), interval(f, Percentile.P99_9)));
        }
    }

    /** Where the board tells nothing of clock and temperatures, there is but one state, and no line for it. */
    private static void states(Snapshot status, List<String> lines) {
        for (StateFigures s : status.states()) {
            if (status.states().size() > 1 || !s.state().equals(BoardState.UNKNOWN)) {
                lines.add("total while " + s.state().clock().label() + "/" + s.state().thermal().label() + ": n " + s.total().samples()
                        + ", p50 " + percentile(s.total(), Percentile.P50).strip() + ", p99 " + percentile(s.total(), Percentile.P99).strip()
                        + ", max " + millis(s.total().maxNanos()).strip());
            }
        }
    }

    private static String slowest(Slowest slowest) {
        var text = new StringJoiner(", ", "slowest 1 % (" + slowest.decisions() + "): ", "");
        for (int i = 0; i < slowest.shares().length; i++) {
            text.add(String.format(Locale.ROOT, "%s %.0f %%", Stage.values()[i].label(), 100 * slowest.shares()[i]));
        }
        return text.toString();
    }

    private static String interval(StageFigures figures, Percentile percentile) {
        Interval interval = figures.interval(percentile);
        return interval == null ? "n/a" : String.format(Locale.ROOT, "%.3f..%.3f", interval.lowNanos() / 1e6, interval.highNanos() / 1e6);
    }

    private static String percentile(StageFigures figures, Percentile percentile) {
        return millis(figures.percentileNanos(percentile));
    }

    private static String millis(long nanos) {
        return nanos < 0 ? "      n/a" : String.format(Locale.ROOT, "%9.3f", nanos / 1e6);
    }

    private String counters(Snapshot s) {
        var text = new StringJoiner(", ").add(s.decisions() + " decisions").add(s.missedSlots() + " missed");
        long unread = s.invalidReadings() + s.missingReadings();
        if (unread > 0) {
            text.add(unread + " readings without value");
        }
        if (s.sensorTimeouts() > 0) {
            text.add(s.sensorTimeouts() + " sensor time-outs, " + s.quarantinedGroups() + " groups quarantined");
        }
        return text.toString();
    }

    private Optional<String> unread(Snapshot s) {
        List<String> channels = new ArrayList<>();
        for (int i = 0; i < s.channels().size() && s.decisions() > 0; i++) {
            String reason = s.channels().get(i).obstacle();
            if (reason != null) {
                channels.add(run.channels().get(i).name() + " (" + reason + ")");
            }
        }
        int more = channels.size() - UNREAD_SHOWN;
        return channels.isEmpty() ? Optional.empty()
                : Optional.of("without value: " + String.join(", ", channels.subList(0, Math.min(UNREAD_SHOWN, channels.size())))
                        + (more > 0 ? ", " + more + " more" : ""));
    }

    private String decision(Snapshot s) {
        if (s.decisions() == 0) {
            return "no decision yet";
        }
        TaskSpec task = run.task();
        var text = new StringJoiner(", ");
        if (task.kind() == TaskSpec.Kind.CLASSIFICATION) {
            int best = Softmax.largest(s.outputs());
            text.add(String.format(Locale.ROOT, "%s %.1f %%", task.outputs().get(best).name(),
                    100 * Softmax.probability(s.outputs(), best)));
        } else {
            for (int i = 0; i < Math.min(OUTPUTS_SHOWN, s.outputs().length); i++) {
                OutputSpec output = task.reported().get(i);
                text.add(String.format(Locale.ROOT, "%s %.3g %s", output.name(), s.outputs()[i], output.unit()).strip());
            }
            if (s.outputs().length > OUTPUTS_SHOWN) {
                text.add((s.outputs().length - OUTPUTS_SHOWN) + " more");
            }
        }
        String when = task.horizonSteps() > 0 && task.periodMillis() > 0
                ? "in " + plain(task.horizonSteps() * task.periodMillis() / 1000.0) + " s: " : "";
        return when + text + (s.warm() ? "" : " (warming up)")
                + (s.unreadChannels() > 0 ? " (" + s.unreadChannels() + " channels filled in)" : "");
    }

    private static String clock(double seconds) {
        long s = Math.round(seconds);
        return String.format("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    private static String plain(double number) {
        return String.valueOf(number).replaceAll("\\.0$", "");
    }
}
