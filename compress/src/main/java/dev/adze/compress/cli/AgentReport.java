package dev.adze.compress.cli;

import dev.adze.compress.report.KeyValue;
import dev.adze.compress.report.LatencySummary;
import dev.adze.compress.report.LiveRun;
import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the last run of an agent's JSON-lines report (docs/agent-report-format.md). */
final class AgentReport {
    private static final String SCHEMA = "adze-agent-report/1";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private AgentReport() {}

    static LiveRun read(Path file) {
        JsonNode start = null;
        JsonNode stop = null;
        try {
            for (String line : Files.readAllLines(file)) {
                JsonNode entry = parse(line);
                switch (entry.path("type").asString("")) {
                    case "start" -> start = entry;
                    case "stop" -> stop = entry;
                    default -> { }
                }
            }
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, file + " cannot be read (" + e.getMessage()
                    + "): name the file given to adze-agent run --jsonl", e);
        }
        if (start == null || stop == null || !start.path("schema").asString("").equals(SCHEMA)) {
            throw new AdzeException(AdzeException.Kind.BAD_DATA, file + " is no finished agent report of schema " + SCHEMA
                    + ": give the --jsonl file of an agent that was stopped, not killed");
        }
        return summary(start, stop);
    }

    /** A line that a crash tore does not parse and is skipped, as the format says. */
    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JacksonException e) {
            return JSON.nullNode();
        }
    }

    private static LiveRun summary(JsonNode start, JsonNode stop) {
        List<LatencySummary> stages = new ArrayList<>();
        for (var entry : stop.path("us").properties()) {
            JsonNode us = entry.getValue();
            stages.add(new LatencySummary(entry.getKey(), us.path("n").asLong(0), number(us, "p50"), number(us, "p90"),
                    number(us, "p99"), number(us, "p99.9"), number(us, "max")));
        }
        String description = String.format(Locale.ROOT, "%s (%s, kernel %s) on %d live channels at %s Hz for %.0f s",
                start.path("model").asString(), start.path("precision").asString().toLowerCase(Locale.ROOT),
                start.path("kernel").asString(), start.path("channels").size(), start.path("rateHz").asString(),
                stop.path("seconds").asDouble());
        return new LiveRun(description, stages, List.of(
                new KeyValue("decisions", stop.path("decisions").asString()),
                new KeyValue("missed slots", stop.path("missedSlots").asString()),
                new KeyValue("readings ok", stop.path("readings").path("ok").asString()),
                new KeyValue("readings missing or invalid", String.valueOf(stop.path("readings").path("missing").asLong()
                        + stop.path("readings").path("invalid").asLong()))));
    }

    private static Double number(JsonNode node, String key) {
        return node.path(key).isNumber() ? node.path(key).asDouble() : null;
    }
}
