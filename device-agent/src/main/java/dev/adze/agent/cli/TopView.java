package dev.adze.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** A running agent's status as lines for a terminal: plain text, so that it looks the same over ssh and in a log. */
final class TopView {
    private static final int BAR = 40;
    private static final String[] PERCENTILES = {"p50", "p90", "p99", "p99.9", "max"};

    private TopView() {}

    /** @param width columns that the terminal has; longer lines are cut */
    static List<String> lines(JsonNode status, int width) {
        var lines = new ArrayList<String>();
        lines.add(String.format(Locale.ROOT, "adze-agent %s  %s (%s, %s)  profile %s  %s Hz  up %s", status.path("agent").asString(""),
                status.path("model").asString(""), status.path("precision").asString(""), status.path("kernel").asString(""),
                status.path("profile").asString(""), plain(status.path("rateHz").asDouble(0)), clock(status.path("seconds").asDouble(0))));
        lines.add(String.format(Locale.ROOT, "%d decisions, %d missed, %d sensor time-outs, %d groups quarantined",
                status.path("decisions").asLong(), status.path("missedSlots").asLong(), status.path("sensorTimeouts").asLong(),
                status.path("quarantinedGroups").asLong()));
        lines.add("");
        outputs(status, lines);
        lines.add("");
        latency(status, lines);
        lines.add("");
        histogram(status, lines);
        lines.add("");
        channels(status, lines);
        return lines.stream().map(line -> line.length() <= width ? line : line.substring(0, Math.max(0, width))).toList();
    }

    private static void outputs(JsonNode status, List<String> lines) {
        lines.add("PREDICTION" + (status.path("warm").asBoolean(true) ? "" : " (warming up)")
                + (status.path("unread").asInt(0) > 0 ? " (" + status.path("unread").asInt(0) + " channels filled in)" : ""));
        for (JsonNode output : status.path("outputs")) {
            JsonNode probability = output.path("probability");
            lines.add("  " + name(output) + (probability.isMissingNode() ? value(output.path("value"), output)
                    : String.format(Locale.ROOT, "%5.1f %%  %s", 100 * probability.asDouble(0), bar(probability.asDouble(0)))));
        }
    }

    private static void latency(JsonNode status, List<String> lines) {
        lines.add(String.format("%-12s %8s %9s %9s %9s %9s %9s", "LATENCY us", "n", "p50", "p90", "p99", "p99.9", "max"));
        for (var stage : status.path("us").properties()) {
            var line = new StringBuilder(String.format(Locale.ROOT, "  %-10s %8d", stage.getKey(), stage.getValue().path("n").asLong(0)));
            for (String percentile : PERCENTILES) {
                JsonNode value = stage.getValue().path(percentile);
                line.append(value.isNumber() ? String.format(Locale.ROOT, " %9.1f", value.asDouble()) : "       n/a");
            }
            lines.add(line.toString());
        }
        states(status, lines);
        JsonNode slowest = status.path("slowest");
        if (slowest.has("share")) {
            var text = new StringJoiner(", ");
            slowest.path("share").properties().forEach(
                    share -> text.add(String.format(Locale.ROOT, "%s %.0f %%", share.getKey(), 100 * share.getValue().asDouble(0))));
            lines.add("  slowest 1 %: " + text);
        }
    }

    /** Where the board tells nothing of clock and temperatures, there is but one state, and no line for it. */
    private static void states(JsonNode status, List<String> lines) {
        for (JsonNode state : status.path("byState")) {
            String label = state.path("clock").asString("") + "/" + state.path("thermal").asString("");
            if (status.path("byState").size() == 1 && label.equals("unknown/unknown")) {
                return;
            }
            lines.add(String.format(Locale.ROOT, "  total while %s: n %d, p50 %s, p99 %s, max %s", label, state.path("n").asLong(0),
                    micros(state.path("p50")), micros(state.path("p99")), micros(state.path("max"))));
        }
    }

    private static String micros(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.1f", value.asDouble()) : "n/a";
    }

    /** What `status` tells and `top` has no room for: where the true percentiles lie. */
    static List<String> intervals(JsonNode status, int width) {
        var lines = new ArrayList<String>();
        lines.add("");
        lines.add(String.format("%-12s %20s %20s %20s %20s", "95 % OF us", "p50", "p90", "p99", "p99.9"));
        for (var stage : status.path("us").properties()) {
            var line = new StringBuilder(String.format("  %-10s", stage.getKey()));
            for (String percentile : PERCENTILES) {
                if (percentile.equals("max")) {
                    continue;
                }
                JsonNode interval = stage.getValue().path("interval95").path(percentile);
                line.append(String.format(Locale.ROOT, " %20s", interval.size() == 2
                        ? String.format(Locale.ROOT, "%.1f..%.1f", interval.get(0).asDouble(0), interval.get(1).asDouble(0)) : "n/a"));
            }
            lines.add(line.toString());
        }
        return lines.stream().map(line -> line.length() <= width ? line : line.substring(0, width)).toList();
    }

    private static void histogram(JsonNode status, List<String> lines) {
        List<JsonNode> buckets = status.path("histogram").valueStream().toList();
        long most = buckets.stream().mapToLong(b -> b.path("n").asLong(0)).max().orElse(0);
        int first = -1;
        int last = -1;
        for (int i = 0; i < buckets.size(); i++) {
            if (buckets.get(i).path("n").asLong(0) > 0) {
                first = first < 0 ? i : first;
                last = i;
            }
        }
        lines.add("TOTAL, from the scheduled instant to the decision delivered");
        for (int i = Math.max(0, first); i <= last; i++) {
            JsonNode bound = buckets.get(i).path("upToUs");
            long n = buckets.get(i).path("n").asLong(0);
            lines.add(String.format(Locale.ROOT, "  %9s us %8d  %s", bound.isNumber() ? "<= " + plain(bound.asDouble()) : "more", n,
                    bar((double) n / most)));
        }
    }

    private static void channels(JsonNode status, List<String> lines) {
        lines.add("SENSORS");
        for (JsonNode channel : status.path("channels")) {
            JsonNode value = channel.path("value");
            lines.add("  " + name(channel) + (value.isNumber() ? value(value, channel) : "no value: " + channel.path("reason").asString("")));
        }
    }

    private static String name(JsonNode named) {
        return String.format("%-28s ", named.path("name").asString(""));
    }

    private static String value(JsonNode value, JsonNode of) {
        return value.isNumber() ? String.format(Locale.ROOT, "%12.5g %s", value.asDouble(), of.path("unit").asString("")) : "none yet";
    }

    private static String bar(double share) {
        return "#".repeat((int) Math.ceil(BAR * Math.clamp(share, 0, 1)));
    }

    static String clock(double seconds) {
        long s = Math.round(seconds);
        return String.format("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
