package dev.adze.compress.report;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the agent's JSON-lines report, schema {@value #SCHEMA}. The file may hold several runs: the last one counts,
 * with its final figures ({@code "type": "stop"}) or, where the agent was killed, the last it gave ({@code "latency"}).
 */
public final class LiveRunFile {
    /** The only schema read. */
    public static final String SCHEMA = "adze-agent-report/1";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private LiveRunFile() {}

    /** @throws AdzeException NOT_FOUND where there is no such file, BAD_DATA where it holds no figures of a run */
    public static LiveRun read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new AdzeException(Kind.NOT_FOUND,
                    "no agent report at " + file + "; name the file that the agent was given with --jsonl");
        }
        JsonNode start = null;
        JsonNode figures = null;
        // Broken bytes become replacement characters: they spoil their line only.
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode node = line.startsWith("{\"type\":\"decision\"") ? null : parse(line);
                switch (node == null ? "" : node.path("type").asString("")) {
                    case "start" -> {
                        start = node;
                        figures = null;
                    }
                    case "latency", "stop" -> figures = node;
                    default -> { }
                }
            }
        } catch (IOException e) {
            throw new AdzeException(Kind.NOT_FOUND,
                    "cannot read " + file + ": " + e.getMessage() + "; check its permissions", e);
        }
        if (start == null || figures == null) {
            throw new AdzeException(Kind.BAD_DATA, file + " holds no finished run of the agent: no \""
                    + (start == null ? "start" : "stop") + "\" line; let the agent run until it says that it stopped");
        }
        String schema = start.path("schema").asString("");
        if (!schema.equals(SCHEMA)) {
            throw new AdzeException(Kind.BAD_DATA, file + " has the schema \"" + schema + "\", this program reads \""
                    + SCHEMA + "\"; use an agent and a compressor of the same version");
        }
        return liveRun(start, figures);
    }

    /** The line's object; null where it is torn (an agent that was killed while writing) or something else. */
    private static JsonNode parse(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            return node.isObject() ? node : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static LiveRun liveRun(JsonNode start, JsonNode figures) {
        List<LatencySummary> stages = new ArrayList<>();
        figures.path("us").properties().forEach(entry -> {
            JsonNode stage = entry.getValue();
            stages.add(new LatencySummary(entry.getKey(), stage.path("n").asLong(0), number(stage, "p50"),
                    number(stage, "p90"), number(stage, "p99"), number(stage, "p99.9"), number(stage, "max")));
        });
        String description = "Model " + start.path("model").asString("?") + " (" + start.path("precision").asString("?")
                + ", " + start.path("kernel").asString("?") + ") at "
                + Units.compact(Units.significant(start.path("rateHz").asDouble(Double.NaN), 3)) + " Hz on live sensors for "
                + Units.seconds(figures.path("seconds").asDouble(Double.NaN)) + ".";
        List<KeyValue> facts = new ArrayList<>();
        fact(facts, "profile", start.path("profile"));
        fact(facts, "decisions", figures.path("decisions"));
        fact(facts, "missed time slots", figures.path("missedSlots"));
        fact(facts, "sensor timeouts", figures.path("sensorTimeouts"));
        fact(facts, "quarantined sensor groups", figures.path("quarantinedGroups"));
        fact(facts, "readings ok", figures.path("readings").path("ok"));
        fact(facts, "readings invalid", figures.path("readings").path("invalid"));
        fact(facts, "readings missing", figures.path("readings").path("missing"));
        fact(facts, "report lines dropped", figures.path("droppedLines"));
        if (figures.path("type").asString("").equals("stop")) {
            fact(facts, "stopped by", figures.path("reason"));
        } else {
            facts.add(new KeyValue("stopped by", "nothing it could report: these are the last figures it gave"));
        }
        return new LiveRun(description, stages, facts);
    }

    private static void fact(List<KeyValue> facts, String name, JsonNode value) {
        if (value.isIntegralNumber()) {
            facts.add(new KeyValue(name, Units.exact(value.asLong())));
        } else if (value.isString()) {
            facts.add(new KeyValue(name, value.asString()));
        }
    }

    private static Double number(JsonNode object, String key) {
        JsonNode value = object.path(key);
        return value.isNumber() ? Double.valueOf(value.asDouble()) : null;
    }
}
