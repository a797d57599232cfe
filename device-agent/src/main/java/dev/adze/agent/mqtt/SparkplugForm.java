package dev.adze.agent.mqtt;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.ledger.AgentStatus.Snapshot;
import dev.adze.agent.ledger.Stage;
import dev.adze.agent.ledger.StageFigures;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.report.Softmax;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.text.DecimalText;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.latency.Percentile;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reports as changes of metrics; docs/agent-report-format.md has the list of them. */
final class SparkplugForm implements ReportForm {
    private static final List<String> LOST = List.of("waitingReports", "evictedReports", "unstoredReports");
    private static final List<String> LOST_NAMES = List.of("Counters/Waiting Reports", "Counters/Evicted Reports", "Counters/Unstored Reports");

    private final MetricTable table;
    private final RunInfo run;
    private final boolean classification;
    private final int state;
    private final int[] outputs;
    private final int[] inputs;
    private final int warm;
    private final int unread;
    private final int winner;
    private final int probability;
    private final int[] counters;
    private final int[] lost;
    private final Map<Stage, int[]> latency = new EnumMap<>(Stage.class);
    private final DecimalText decisionText = new DecimalText();

    /**
     * @param withInputs whether decisions tell the readings that they were made from
     * @param alarms     their names
     */
    SparkplugForm(MetricTable table, RunInfo run, boolean withInputs, List<String> alarms) {
        this.table = table;
        this.run = run;
        classification = run.task().kind() == TaskSpec.Kind.CLASSIFICATION;
        property("Agent Version", run.version());
        property("Profile", run.profile());
        property("Bundle", run.bundle());
        property("Model", run.model());
        property("Precision", run.precision());
        property("Kernel", run.kernel());
        table.set(number("Properties/Sample Rate", MetricType.DOUBLE, "Hz"), run.rateHz());
        state = words("Run/State");
        table.set(state, "starting");
        outputs = run.task().reported().stream().mapToInt(o -> number("Outputs/" + o.name(), MetricType.FLOAT, o.unit())).toArray();
        inputs = withInputs ? run.channels().stream().mapToInt(c -> number("Inputs/" + c.name(), MetricType.FLOAT, c.unit())).toArray() : new int[0];
        warm = number("Decision/Warm", MetricType.BOOLEAN, "");
        unread = number("Decision/Unread Channels", MetricType.INT64, "");
        winner = classification ? words("Decision/Class") : -1;
        probability = classification ? number("Decision/Probability", MetricType.FLOAT, "") : -1;
        for (String alarm : alarms) {
            table.set(raised(alarm), 0);
            level(alarm);
        }
        counters = List.of("Decisions", "Missed Slots", "Sensor Timeouts", "Quarantined Groups", "Readings Ok", "Readings Invalid", "Readings Missing")
                .stream().mapToInt(name -> number("Counters/" + name, MetricType.INT64, "")).toArray();
        lost = LOST_NAMES.stream().mapToInt(name -> number(name, MetricType.INT64, "")).toArray();
        for (Stage stage : Stage.values()) {
            int[] figures = new int[Percentile.values().length + 2];
            String head = "Latency/" + stage.label() + "/";
            figures[0] = number(head + "mean", MetricType.DOUBLE, "us");
            figures[1] = number(head + "max", MetricType.DOUBLE, "us");
            for (Percentile p : Percentile.values()) {
                figures[2 + p.ordinal()] = number(head + p.label(), MetricType.DOUBLE, "us");
            }
            latency.put(stage, figures);
        }
    }

    private void property(String name, String value) {
        table.set(words("Properties/" + name), value);
    }

    private int words(String name) {
        return table.define(name, MetricType.STRING, "");
    }

    private int number(String name, MetricType type, String unit) {
        return table.define(name, type, unit);
    }

    private int raised(String alarm) {
        return number("Alarms/" + alarm + "/Raised", MetricType.BOOLEAN, "");
    }

    private int level(String alarm) {
        return number("Alarms/" + alarm + "/Value", MetricType.DOUBLE, "");
    }

    @Override
    public DecimalText started(long epochMillis) {
        synchronized (table) {
            var text = new DecimalText();
            table.begin(text).put(state, "running");
            return text;
        }
    }

    @Override
    public DecimalText decision(Decision decision, ReadingBuffer readings) {
        synchronized (table) {
            table.begin(decisionText);
            float[] values = decision.outputs();
            for (int i = 0; i < outputs.length; i++) {
                table.put(outputs[i], values[i]);
            }
            for (int i = 0; i < inputs.length; i++) {
                table.put(inputs[i], (float) readings.value(i));
            }
            table.put(warm, decision.warm()).put(unread, decision.unreadChannels());
            if (classification) {
                int best = Softmax.largest(values);
                table.put(winner, run.task().outputs().get(best).name()).put(probability, Softmax.probability(values, best));
            }
            return decisionText;
        }
    }

    @Override
    public DecimalText alarm(String name, boolean isRaised, String output, double value, long epochMillis) {
        synchronized (table) {
            var text = new DecimalText();
            table.begin(text).put(raised(name), isRaised).put(level(name), value);
            return text;
        }
    }

    @Override
    public DecimalText drift(DriftReport report) {
        synchronized (table) {
            var text = new DecimalText();
            table.begin(text);
            features("channels", report.channels());
            features("outputs", report.outputs());
            features("lengths", List.of(report.sequences(), report.gaps()));
            return text;
        }
    }

    private void features(String of, List<DriftReport.Feature> features) {
        for (DriftReport.Feature f : features) {
            String head = "Drift/" + of + "/" + f.name() + "/";
            table.put(number(head + "Drifted", MetricType.BOOLEAN, ""), f.drifted());
            table.put(number(head + "Stability Index", MetricType.DOUBLE, ""), f.stabilityIndex());
            table.put(number(head + "Kolmogorov-Smirnov", MetricType.DOUBLE, ""), f.kolmogorovSmirnov());
        }
    }

    @Override
    public DecimalText latency(Snapshot status, long epochMillis, double seconds, Map<String, Long> lostReports) {
        synchronized (table) {
            var text = new DecimalText();
            table.begin(text);
            summary(status, lostReports);
            return text;
        }
    }

    @Override
    public DecimalText stopped(Snapshot status, long epochMillis, double seconds, Map<String, Long> lostReports, String reason) {
        synchronized (table) {
            var text = new DecimalText();
            table.begin(text).put(state, "stopped: " + reason.toLowerCase(Locale.ROOT));
            summary(status, lostReports);
            return text;
        }
    }

    private void summary(Snapshot status, Map<String, Long> lostReports) {
        long[] counts = {status.decisions(), status.missedSlots(), status.sensorTimeouts(), status.quarantinedGroups(), status.okReadings(),
            status.invalidReadings(), status.missingReadings()};
        for (int i = 0; i < counts.length; i++) {
            table.put(counters[i], counts[i]);
        }
        for (int i = 0; i < lost.length; i++) {
            table.put(lost[i], lostReports.getOrDefault(LOST.get(i), 0L));
        }
        for (StageFigures figures : status.stages()) {
            int[] places = latency.get(figures.stage());
            table.put(places[0], figures.meanNanos() / 1e3);
            table.put(places[1], figures.samples() == 0 ? Double.NaN : figures.maxNanos() / 1e3);
            for (Percentile p : Percentile.values()) {
                long nanos = figures.percentileNanos(p);
                table.put(places[2 + p.ordinal()], nanos < 0 ? Double.NaN : nanos / 1e3);
            }
        }
    }
}
