package dev.adze.agent.status;

import dev.adze.agent.ledger.AgentStatus.Snapshot;
import dev.adze.agent.ledger.LatencyLedger;
import dev.adze.agent.ledger.ServingCounts;
import dev.adze.agent.ledger.Slowest;
import dev.adze.agent.ledger.Stage;
import dev.adze.agent.ledger.StageFigures;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.report.Softmax;
import dev.adze.agent.sensor.Reading;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.latency.LatencyHistogram.Interval;
import dev.adze.runtime.latency.Percentile;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A running agent at one moment as JSON, schema {@value #SCHEMA}; docs/service.md is the specification. */
public final class StatusJson {
    public static final String SCHEMA = "adze-agent-status/1";

    private StatusJson() {}

    /**
     * @param kernel      what computes now: another engine may have taken over since the start
     * @param choice      how it was chosen, in lines
     * @param epochMillis now
     * @param seconds     since the start
     * @param serving     requests of other programs; empty where none are served
     */
    public static ObjectNode of(RunInfo run, Snapshot status, String kernel, List<String> choice, long epochMillis, double seconds,
            Optional<ServingCounts> serving) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("schema", SCHEMA).put("time", epochMillis).put("pid", ProcessHandle.current().pid())
                .put("agent", run.version()).put("profile", run.profile()).put("bundle", run.bundle()).put("model", run.model())
                .put("precision", run.precision()).put("kernel", kernel).put("rateHz", run.rateHz())
                .put("task", run.task().kind().name().toLowerCase(Locale.ROOT)).put("seconds", seconds)
                .put("decisions", status.decisions()).put("missedSlots", status.missedSlots())
                .put("sensorTimeouts", status.sensorTimeouts()).put("quarantinedGroups", status.quarantinedGroups());
        json.putObject("readings").put("ok", status.okReadings()).put("invalid", status.invalidReadings())
                .put("missing", status.missingReadings());
        serving.ifPresent(counts -> json.putObject("serving").put("asked", counts.asked()).put("answered", counts.answered())
                .put("overloaded", counts.overloaded()).put("refused", counts.refused()).put("underWay", counts.underWay())
                .put("sequences", counts.sequences()).put("forgottenSequences", counts.forgottenSequences()));
        ArrayNode lines = json.putArray("choice");
        choice.forEach(lines::add);
        if (status.decisions() > 0) {
            json.put("decisionTime", status.epochMillis()).put("warm", status.warm()).put("unread", status.unreadChannels());
        }
        channels(json.putArray("channels"), run, status);
        outputs(json, run.task(), status);
        ObjectNode stages = json.putObject("us");
        status.stages().forEach(figures -> stage(stages.putObject(figures.stage().label()), figures));
        status.slowest().ifPresent(slowest -> slowest(json.putObject("slowest"), slowest));
        ArrayNode states = json.putArray("byState");
        status.states().forEach(state -> stage(states.addObject().put("clock", state.state().clock().label())
                .put("thermal", state.state().thermal().label()), state.total()));
        histogram(json.putArray("histogram"), status.stages().get(Stage.TOTAL.ordinal()));
        return json;
    }

    private static void channels(ArrayNode list, RunInfo run, Snapshot status) {
        for (int i = 0; i < run.channels().size(); i++) {
            ObjectNode channel = list.addObject().put("name", run.channels().get(i).name())
                    .put("unit", run.channels().get(i).unit()).put("source", run.sources().get(i));
            if (status.channels().get(i) instanceof Reading.Ok(double value)) {
                channel.put("value", value);
            } else {
                channel.putNull("value").put("reason", status.channels().get(i).obstacle());
            }
        }
    }

    private static void outputs(ObjectNode json, TaskSpec task, Snapshot status) {
        ArrayNode list = json.putArray("outputs");
        for (int i = 0; i < task.outputs().size(); i++) {
            ObjectNode output = list.addObject().put("name", task.outputs().get(i).name()).put("unit", task.outputs().get(i).unit());
            if (status.decisions() == 0) {
                output.putNull("value");
                continue;
            }
            output.put("value", status.outputs()[i]);
            if (task.kind() == TaskSpec.Kind.CLASSIFICATION) {
                output.put("probability", Softmax.probability(status.outputs(), i));
            }
        }
    }

    private static void stage(ObjectNode json, StageFigures figures) {
        json.put("n", figures.samples());
        if (figures.samples() == 0) {
            json.putNull("mean").putNull("max");
        } else {
            json.put("mean", figures.meanNanos() / 1e3).put("max", figures.maxNanos() / 1e3);
        }
        for (Percentile percentile : Percentile.values()) {
            long nanos = figures.percentileNanos(percentile);
            if (nanos < 0) {
                json.putNull(percentile.label());
            } else {
                json.put(percentile.label(), nanos / 1e3);
            }
        }
        ObjectNode intervals = json.putObject("interval95");
        for (Percentile percentile : Percentile.values()) {
            Interval interval = figures.interval(percentile);
            if (interval != null) {
                intervals.putArray(percentile.label()).add(interval.lowNanos() / 1e3).add(interval.highNanos() / 1e3);
            }
        }
    }

    private static void slowest(ObjectNode json, Slowest slowest) {
        json.put("n", slowest.decisions()).put("mean", slowest.meanNanos() / 1e3);
        ObjectNode shares = json.putObject("share");
        for (int i = 0; i < slowest.shares().length; i++) {
            shares.put(Stage.values()[i].label(), slowest.shares()[i]);
        }
    }

    /** Samples of the whole way by upper bound in microseconds; the last bucket, above them all, has none. */
    private static void histogram(ArrayNode list, StageFigures total) {
        long[] bounds = LatencyLedger.bucketBoundsNanos();
        for (int i = 0; i < total.bucketCounts().length; i++) {
            ObjectNode bucket = list.addObject();
            if (i < bounds.length) {
                bucket.put("upToUs", bounds[i] / 1e3);
            } else {
                bucket.putNull("upToUs");
            }
            bucket.put("n", total.bucketCounts()[i]);
        }
    }
}
