package dev.adze.agent.report;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.Stamps;
import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.ledger.AgentStatus.Snapshot;
import dev.adze.agent.ledger.Slowest;
import dev.adze.agent.ledger.Stage;
import dev.adze.agent.ledger.StageFigures;
import dev.adze.agent.ledger.StateFigures;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.text.DecimalText;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.bundle.TaskSpec.OutputSpec;
import dev.adze.runtime.latency.LatencyHistogram.Interval;
import dev.adze.runtime.latency.Percentile;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The reports of a run as JSON, an object a line, schema {@value #SCHEMA}; docs/agent-report-format.md is the
 * specification. {@link #decision} allocates nothing. Not thread-safe, but for what is put into a text of the caller's.
 */
public final class ReportText {
    /** First word of every file's meaning: readers refuse another number. */
    public static final String SCHEMA = "adze-agent-report/1";
    /** Gives a float back exactly. */
    private static final int FLOAT_DIGITS = 9;
    /** Finer than the 0.1 % of the histogram. */
    private static final int SIGNIFICANT_DIGITS = 5;

    private final RunInfo run;
    private final boolean classification;
    private final boolean inputs;
    private final DecimalText decisionText = new DecimalText();
    private final JsonText decisionLine = new JsonText(decisionText);

    /** @param inputs whether decisions tell the readings that they were made from */
    public ReportText(RunInfo run, boolean inputs) {
        this.run = run;
        this.inputs = inputs;
        classification = run.task().kind() == TaskSpec.Kind.CLASSIFICATION;
    }

    /**
     * The head of a run.
     *
     * @param epochMillis when its first sample is due
     * @param continued   whether it is told again, at the head of another file
     */
    public DecimalText started(long epochMillis, boolean continued) {
        var json = new JsonText(new DecimalText()).begin();
        json.put("type", "start").put("schema", SCHEMA).put("time", epochMillis).put("agent", run.version())
                .put("profile", run.profile()).put("bundle", run.bundle()).put("model", run.model())
                .put("precision", run.precision()).put("kernel", run.kernel()).put("rateHz", run.rateHz(), FLOAT_DIGITS)
                .put("task", lowerCase(run.task().kind())).put("mode", lowerCase(run.task().mode()))
                .put("windowSteps", run.task().windowSteps()).put("horizonSteps", run.task().horizonSteps());
        json.beginArray("channels");
        for (int i = 0; i < run.channels().size(); i++) {
            json.beginElement().put("name", run.channels().get(i).name()).put("unit", run.channels().get(i).unit())
                    .put("source", run.sources().get(i)).endObject();
        }
        json.endArray().beginArray("outputs");
        for (OutputSpec output : run.task().reported()) {
            json.beginElement().put("name", output.name()).put("unit", output.unit()).endObject();
        }
        json.endArray();
        if (continued) {
            json.put("continued", true);
        }
        return json.endLine();
    }

    private static String lowerCase(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    /** One decision; the text is the next one's too. */
    public DecimalText decision(Decision decision, ReadingBuffer readings) {
        Stamps stamps = decision.stamps();
        JsonText json = decisionLine.begin();
        json.put("type", "decision").put("slot", decision.slot()).put("time", decision.epochMillis())
                .put("warm", decision.warm()).put("unread", decision.unreadChannels());
        json.beginArray("outputs");
        float[] outputs = decision.outputs();
        for (int i = 0; i < outputs.length; i++) {
            json.element(outputs[i], FLOAT_DIGITS);
        }
        json.endArray();
        if (classification) {
            int best = Softmax.largest(outputs);
            json.put("class", run.task().outputs().get(best).name()).put("probability", Softmax.probability(outputs, best), 6);
        }
        if (inputs) {
            json.beginArray("inputs");
            for (int i = 0; i < readings.size(); i++) {
                json.element(readings.value(i), FLOAT_DIGITS);
            }
            json.endArray();
        }
        json.beginObject("us").micros("lateness", stamps.readStart - stamps.scheduled)
                .micros("read", stamps.readEnd - stamps.readStart)
                .micros("preprocess", stamps.preprocessed - stamps.readEnd)
                .micros("inference", stamps.inferred - stamps.preprocessed).endObject();
        return json.endLine();
    }

    /** An alarm was raised or cleared; {@code value} is what it watches. */
    public DecimalText alarm(String name, boolean raised, String output, double value, long epochMillis) {
        return new JsonText(new DecimalText()).begin().put("type", "alarm").put("time", epochMillis).put("name", name)
                .put("state", raised ? "raised" : "cleared").put("output", output).put("value", value, FLOAT_DIGITS).endLine();
    }

    /** How far a stretch of decisions lay from what the model was trained on. */
    public DecimalText drift(DriftReport report) {
        var json = new JsonText(new DecimalText()).begin().put("type", "drift").put("time", report.epochMillis())
                .put("steps", report.steps());
        features(json, "channels", report.channels());
        features(json, "outputs", report.outputs());
        features(json, "lengths", List.of(report.sequences(), report.gaps()));
        return json.endLine();
    }

    private static void features(JsonText json, String key, List<DriftReport.Feature> features) {
        json.beginArray(key);
        for (DriftReport.Feature f : features) {
            json.beginElement().put("name", f.name()).put("n", f.samples());
            figure(json, "psi", f.stabilityIndex());
            figure(json, "ks", f.kolmogorovSmirnov());
            json.put("missing", f.missingShare(), 4).put("trainingMissing", f.baselineMissing(), 4).put("drifted", f.drifted()).endObject();
        }
        json.endArray();
    }

    private static void figure(JsonText json, String key, double value) {
        if (Double.isNaN(value)) {
            json.putNull(key);
        } else {
            json.put(key, value, 5);
        }
    }

    /**
     * Counters and latencies so far.
     *
     * @param lost what the way of this report has lost, by name
     */
    public DecimalText latency(Snapshot status, long epochMillis, double seconds, Map<String, Long> lost) {
        return summary("latency", status, epochMillis, seconds, lost).endLine();
    }

    /** What of {@link #latency} changes most: counters, and the whole way alone. A quarter as long. */
    public DecimalText brief(Snapshot status, long epochMillis, double seconds, Map<String, Long> lost) {
        JsonText json = counters("latency-brief", status, epochMillis, seconds, lost).beginObject("us");
        StageFigures total = status.stages().get(Stage.TOTAL.ordinal());
        figures(json.beginObject(total.stage().label()), total);
        return json.endObject().endObject().endLine();
    }

    /** The end of a run: as {@link #latency}, with the reason. */
    public DecimalText stopped(Snapshot status, long epochMillis, double seconds, Map<String, Long> lost, String reason) {
        return summary("stop", status, epochMillis, seconds, lost).put("reason", reason).endLine();
    }

    private JsonText counters(String type, Snapshot status, long epochMillis, double seconds, Map<String, Long> lost) {
        var json = new JsonText(new DecimalText()).begin();
        json.put("type", type).put("time", epochMillis).put("seconds", seconds, 12).put("decisions", status.decisions())
                .put("missedSlots", status.missedSlots()).put("sensorTimeouts", status.sensorTimeouts())
                .put("quarantinedGroups", status.quarantinedGroups());
        json.beginObject("readings").put("ok", status.okReadings()).put("invalid", status.invalidReadings())
                .put("missing", status.missingReadings()).endObject();
        lost.forEach(json::put);
        json.beginArray("unread");
        for (int i = 0; i < status.channels().size() && status.decisions() > 0; i++) {
            String reason = status.channels().get(i).obstacle();
            if (reason != null) {
                json.beginElement().put("name", run.channels().get(i).name()).put("reason", reason).endObject();
            }
        }
        return json.endArray();
    }

    private JsonText summary(String type, Snapshot status, long epochMillis, double seconds, Map<String, Long> lost) {
        JsonText json = counters(type, status, epochMillis, seconds, lost).beginObject("us");
        for (StageFigures figures : status.stages()) {
            figures(json.beginObject(figures.stage().label()), figures);
            json.endObject();
        }
        json.endObject();
        status.slowest().ifPresent(slowest -> slowest(json, slowest));
        json.beginArray("byState");
        for (StateFigures state : status.states()) {
            json.beginElement().put("clock", state.state().clock().label()).put("thermal", state.state().thermal().label());
            figures(json, state.total());
            json.endObject();
        }
        return json.endArray();
    }

    private static void figures(JsonText json, StageFigures figures) {
        json.put("n", figures.samples());
        if (figures.samples() == 0) {
            json.putNull("mean");
        } else {
            json.put("mean", figures.meanNanos() / 1e3, SIGNIFICANT_DIGITS);
        }
        for (Percentile percentile : Percentile.values()) {
            long nanos = figures.percentileNanos(percentile);
            if (nanos >= 0) {
                json.put(percentile.label(), nanos / 1e3, SIGNIFICANT_DIGITS);
            } else {
                json.putNull(percentile.label());
            }
        }
        if (figures.samples() == 0) {
            json.putNull("max");
        } else {
            json.micros("max", figures.maxNanos());
        }
        intervals(json, figures);
    }

    private static void slowest(JsonText json, Slowest slowest) {
        json.beginObject("slowest").put("n", slowest.decisions()).put("mean", slowest.meanNanos() / 1e3, SIGNIFICANT_DIGITS).beginObject("share");
        for (int i = 0; i < slowest.shares().length; i++) {
            json.put(Stage.values()[i].label(), slowest.shares()[i], SIGNIFICANT_DIGITS);
        }
        json.endObject().endObject();
    }

    /** Only of percentiles that are told: most lines of a run's beginning have none, and bytes an hour are bounded. */
    private static void intervals(JsonText json, StageFigures figures) {
        json.beginObject("interval95");
        for (Percentile percentile : Percentile.values()) {
            Interval interval = figures.interval(percentile);
            if (interval != null) {
                json.beginArray(percentile.label()).element(interval.lowNanos() / 1e3, SIGNIFICANT_DIGITS)
                        .element(interval.highNanos() / 1e3, SIGNIFICANT_DIGITS).endArray();
            }
        }
        json.endObject();
    }

    /** Reports that were lost on the way, with their numbers. */
    public static DecimalText gap(long from, long to, String reason, long epochMillis) {
        return new JsonText(new DecimalText()).begin().put("type", "gap").put("time", epochMillis).put("from", from).put("to", to)
                .put("reason", reason).endLine();
    }

    /** Whether the agent is there: {@code online} or {@code offline}. */
    public DecimalText status(String state, String reason, long epochMillis) {
        return new JsonText(new DecimalText()).begin().put("type", "status").put("schema", SCHEMA).put("time", epochMillis)
                .put("state", state).put("reason", reason).put("agent", run.version()).put("profile", run.profile())
                .put("bundle", run.bundle()).put("model", run.model()).endLine();
    }
}
