package dev.adze.agent.replay;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionSink;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds decisions against those of the newest run in a JSON-lines report, bit for bit. */
public final class DecisionComparison implements DecisionSink {
    private final Path report;
    private final NavigableMap<Long, JsonNode> expected = new TreeMap<>();
    private final double rateHz;
    /** A recording begins with the first decision, whose slot was a later one if those before it were missed. */
    private long firstSlot = -1;
    private long unwritten;
    private String difference;
    private long equal;

    /** @throws AdzeException NOT_FOUND, BAD_DATA if the report has no decisions */
    public DecisionComparison(Path report, double rateHz) {
        this.report = report;
        this.rateHz = rateHz;
        try (Stream<String> lines = Files.lines(report)) {
            lines.forEach(this::read);
        } catch (NoSuchFileException e) {
            throw new AdzeException(Kind.NOT_FOUND, "there is no report " + report + "; name the file of reporting.jsonl", e);
        } catch (UncheckedIOException e) {
            throw new AdzeException(Kind.BAD_DATA, report + " is no text, or a folder; name the file of reporting.jsonl", e);
        } catch (IOException e) {
            throw new AdzeException(Kind.NOT_FOUND, "the report " + report + " cannot be read (" + e.getClass().getSimpleName()
                    + "); see to it that this user may", e);
        }
        if (expected.isEmpty()) {
            throw new AdzeException(Kind.BAD_DATA, report + " has no decisions; name the file of reporting.jsonl");
        }
    }

    private void read(String line) {
        try {
            JsonNode json = JsonMapper.shared().readTree(line);
            switch (json.path("type").asString("")) {
                case "start" -> {
                    if (!json.path("continued").asBoolean(false)) {
                        expected.clear();
                    }
                }
                case "decision" -> expected.put(json.path("slot").asLong(-1), json);
                default -> {}
            }
        } catch (JacksonException e) {
            // A line that a crash tore; the format allows readers to skip it.
        }
    }

    @Override
    public void decided(Decision decision, ReadingBuffer readings) {
        if (firstSlot < 0) {
            JsonNode first = expected.firstEntry().getValue();
            double between = (first.path("time").asLong(0) - decision.epochMillis()) * rateHz / 1e3;
            firstSlot = first.path("slot").asLong(0) - Math.round(between) - decision.slot();
        }
        JsonNode then = expected.remove(firstSlot + decision.slot());
        if (then == null) {
            unwritten++; // the report is bounded in bytes an hour
        } else if (difference == null) {
            difference = difference(decision, then);
            equal += difference == null ? 1 : 0;
        }
    }

    private static String difference(Decision now, JsonNode then) {
        float[] outputs = now.outputs();
        if (then.path("outputs").size() != outputs.length) {
            return "slot " + now.slot() + " had " + then.path("outputs").size() + " outputs then, now " + outputs.length;
        }
        for (int i = 0; i < outputs.length; i++) {
            float before = (float) then.path("outputs").get(i).asDouble(Double.NaN);
            if (Float.compare(before, outputs[i]) != 0 && !(before == 0 && outputs[i] == 0)) {
                return "slot " + now.slot() + " output " + i + " was " + before + " then, now " + outputs[i];
            }
        }
        return now.warm() == then.path("warm").asBoolean(false) && now.unreadChannels() == then.path("unread").asInt(-1) ? null
                : "slot " + now.slot() + " differs in 'warm' or 'unread'";
    }

    /** Decisions that the report does not have. */
    public long unwritten() {
        return unwritten;
    }

    /**
     * How many decisions are the same.
     *
     * @throws AdzeException MISMATCH with the first difference
     */
    public long requireEqual() {
        if (difference == null && !expected.isEmpty()) {
            difference = "slot " + expected.firstKey() + " was decided then, and is not now";
        }
        if (difference != null) {
            throw new AdzeException(Kind.MISMATCH, "the replay does not make the decisions of " + report + ": " + difference
                    + "; is it the same bundle, and the recording of that run (run --record)?");
        }
        return equal;
    }
}
