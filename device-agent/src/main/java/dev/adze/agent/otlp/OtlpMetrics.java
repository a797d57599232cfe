package dev.adze.agent.otlp;

import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.ledger.AgentStatus.Snapshot;
import dev.adze.agent.ledger.ServingCounts;
import dev.adze.agent.ledger.Slowest;
import dev.adze.agent.ledger.Stage;
import dev.adze.agent.ledger.StageFigures;
import dev.adze.agent.ledger.StateFigures;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.sensor.Reading;
import dev.adze.agent.wire.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run's figures as a message ExportMetricsServiceRequest of OTLP 1 (opentelemetry.io/docs/specs/otlp; field numbers of
 * metrics.proto, common.proto and resource.proto stand beside their names). Sums and histograms are cumulative, from the
 * start of the run.
 */
final class OtlpMetrics {
    private static final long CUMULATIVE = 2;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final RunInfo run;
    private final long startNanos;
    private final byte[] resource;
    private final byte[] scope;

    OtlpMetrics(RunInfo run, long startEpochMillis) {
        this.run = run;
        startNanos = startEpochMillis * NANOS_PER_MILLI;
        resource = attributes(new ProtoWriter(), 1, "service.name", "adze-agent", "service.version", run.version(), // attributes
                "service.instance.id", run.profile(), "adze.bundle", run.bundle(), "adze.model", run.model(),
                "adze.precision", run.precision(), "adze.kernel", run.kernel()).toBytes();
        scope = new ProtoWriter().string(1, "dev.adze.agent").string(2, run.version()).toBytes(); // name, version
    }

    byte[] request(Snapshot now, Optional<DriftReport> drift, Optional<ServingCounts> serving, long epochMillis) {
        long time = epochMillis * NANOS_PER_MILLI;
        var metrics = new ProtoWriter().bytes(1, scope); // scope
        sum(metrics, "adze.decisions", "{decision}", "Decisions made.", List.of(count(time, now.decisions())));
        sum(metrics, "adze.missed_slots", "{sample}", "Samples left out because their time had passed.",
                List.of(count(time, now.missedSlots())));
        sum(metrics, "adze.sensor_timeouts", "{reading}", "Readings of a sensor group that did not come in time.",
                List.of(count(time, now.sensorTimeouts())));
        sum(metrics, "adze.readings", "{reading}", "Channel readings by outcome.", List.of(
                count(time, now.okReadings(), "outcome", "ok"), count(time, now.invalidReadings(), "outcome", "invalid"),
                count(time, now.missingReadings(), "outcome", "missing")));
        gauge(metrics, "adze.quarantined_groups", "{group}", "Sensor groups whose last reading did not come in time.",
                List.of(point(time, now.quarantinedGroups())));
        gauge(metrics, "adze.sample_rate", "Hz", "Samples a second asked for.", List.of(point(time, run.rateHz())));
        latency(metrics, time, now.stages());
        if (now.decisions() > 0) {
            states(metrics, time, now.states());
        }
        now.slowest().ifPresent(slowest -> slowest(metrics, time, slowest));
        if (now.decisions() > 0) {
            lastDecision(metrics, now);
        }
        drift.ifPresent(report -> drift(metrics, report));
        serving.ifPresent(counts -> serving(metrics, time, counts));
        var all = new ProtoWriter().bytes(1, resource).message(2, metrics); // resource, scope_metrics
        return new ProtoWriter().message(1, all).toBytes(); // resource_metrics
    }

    /** Their time is the decision's, not that of asking: no decision since means no newer value. */
    private void lastDecision(ProtoWriter metrics, Snapshot now) {
        long time = now.epochMillis() * NANOS_PER_MILLI;
        gauge(metrics, "adze.decision.warm", "1", "1 once the model has seen enough steps.", List.of(point(time, now.warm() ? 1 : 0)));
        gauge(metrics, "adze.decision.unread_channels", "{channel}", "Channels of the last decision that were filled in.",
                List.of(point(time, now.unreadChannels())));
        List<ProtoWriter> outputs = new ArrayList<>();
        for (int i = 0; i < now.outputs().length; i++) {
            var spec = run.task().reported().get(i);
            outputs.add(point(time, now.outputs()[i], "output", spec.name(), "unit", spec.unit()));
        }
        gauge(metrics, "adze.output", "", "Outputs of the last decision in physical units.", outputs);
        List<ProtoWriter> channels = new ArrayList<>();
        for (int i = 0; i < now.channels().size(); i++) {
            if (now.channels().get(i) instanceof Reading.Ok(double value)) {
                channels.add(point(time, value, "channel", run.channels().get(i).name(), "unit", run.channels().get(i).unit()));
            }
        }
        if (!channels.isEmpty()) {
            gauge(metrics, "adze.channel", "", "Readings of the last decision; absent without a value.", channels);
        }
    }

    private static void drift(ProtoWriter metrics, DriftReport report) {
        long time = report.epochMillis() * NANOS_PER_MILLI;
        List<ProtoWriter> index = new ArrayList<>();
        List<ProtoWriter> distance = new ArrayList<>();
        List<ProtoWriter> drifted = new ArrayList<>();
        List<List<DriftReport.Feature>> groups = List.of(report.channels(), report.outputs(), List.of(report.sequences(), report.gaps()));
        List<String> names = List.of("channel", "output", "lengths");
        for (int g = 0; g < groups.size(); g++) {
            for (DriftReport.Feature feature : groups.get(g)) {
                String[] labels = {"of", names.get(g), "name", feature.name()};
                drifted.add(point(time, feature.drifted() ? 1 : 0, labels));
                if (!Double.isNaN(feature.stabilityIndex())) {
                    index.add(point(time, feature.stabilityIndex(), labels));
                    distance.add(point(time, feature.kolmogorovSmirnov(), labels));
                }
            }
        }
        gauge(metrics, "adze.drifted", "1", "1 where one of both is beyond its limit.", drifted);
        if (!index.isEmpty()) {
            gauge(metrics, "adze.drift.stability_index", "1", "Population stability index of the last stretch.", index);
            gauge(metrics, "adze.drift.kolmogorov_smirnov", "1", "Kolmogorov-Smirnov distance of the last stretch.", distance);
        }
    }

    private void serving(ProtoWriter metrics, long time, ServingCounts counts) {
        sum(metrics, "adze.serving.requests", "{request}", "Requests of other programs by outcome.", List.of(
                count(time, counts.answered(), "outcome", "answered"), count(time, counts.overloaded(), "outcome", "overloaded"),
                count(time, counts.refused(), "outcome", "refused")));
        gauge(metrics, "adze.serving.requests_under_way", "{request}", "Requests that wait or are computed.",
                List.of(point(time, counts.underWay())));
        gauge(metrics, "adze.serving.sequences", "{sequence}", "Sequences whose state is kept.", List.of(point(time, counts.sequences())));
        sum(metrics, "adze.serving.sequences_forgotten", "{sequence}", "Sequences that nobody went on with.",
                List.of(count(time, counts.forgottenSequences())));
    }

    private void latency(ProtoWriter metrics, long time, List<StageFigures> stages) {
        var histogram = new ProtoWriter();
        stages.forEach(figures -> histogram.message(1, point(time, figures, "stage", figures.stage().label()))); // data_points
        histogram.number(2, CUMULATIVE); // aggregation_temporality
        metrics.message(2, metric("adze.stage.latency", "s", // metrics
                "Latency of a decision's stages, from its scheduled instant; total is the whole way.").message(10, histogram)); // exponential_histogram
    }

    private void states(ProtoWriter metrics, long time, List<StateFigures> states) {
        var histogram = new ProtoWriter();
        states.forEach(s -> histogram.message(1, point(time, s.total(), "clock", s.state().clock().label(), // data_points
                "thermal", s.state().thermal().label())));
        histogram.number(2, CUMULATIVE); // aggregation_temporality
        metrics.message(2, metric("adze.state.latency", "s", "Latency of the whole way by the state of the board.") // metrics
                .message(10, histogram)); // exponential_histogram
    }

    private ProtoWriter point(long time, StageFigures figures, String... attributes) {
        var point = attributes(new ProtoWriter(), 1, attributes).fixed64(2, startNanos) // attributes, start_time_unix_nano
                .fixed64(3, time).fixed64(4, figures.samples()) // time_unix_nano, count
                .float64(5, figures.sumNanos() / 1e9); // sum
        DenseBuckets buckets = DenseBuckets.of(figures.exponential());
        point.zigzag(6, buckets.scale()).fixed64(7, buckets.zeros()); // scale, zero_count
        point.message(8, new ProtoWriter().zigzag(1, buckets.offset()).packed(2, buckets.counts())); // positive: offset, bucket_counts
        if (figures.samples() > 0) {
            point.float64(13, figures.maxNanos() / 1e9); // max
        }
        return point;
    }

    private static void slowest(ProtoWriter metrics, long time, Slowest slowest) {
        List<ProtoWriter> shares = new ArrayList<>();
        for (int i = 0; i < slowest.shares().length; i++) {
            shares.add(point(time, slowest.shares()[i], "stage", Stage.values()[i].label()));
        }
        gauge(metrics, "adze.slowest.stage_share", "1", "What part of the slowest hundredth of all decisions each stage took.", shares);
    }

    private static void sum(ProtoWriter metrics, String name, String unit, String description, List<ProtoWriter> points) {
        var sum = new ProtoWriter();
        points.forEach(point -> sum.message(1, point)); // data_points
        sum.number(2, CUMULATIVE).flag(3, true); // aggregation_temporality, is_monotonic
        metrics.message(2, metric(name, unit, description).message(7, sum)); // metrics, sum
    }

    private static void gauge(ProtoWriter metrics, String name, String unit, String description, List<ProtoWriter> points) {
        var gauge = new ProtoWriter();
        points.forEach(point -> gauge.message(1, point)); // data_points
        metrics.message(2, metric(name, unit, description).message(5, gauge)); // metrics, gauge
    }

    private static ProtoWriter metric(String name, String unit, String description) {
        return new ProtoWriter().string(1, name).string(2, description).string(3, unit); // name, description, unit
    }

    private ProtoWriter count(long time, long value, String... attributes) {
        return attributes(new ProtoWriter().fixed64(2, startNanos).fixed64(3, time), 7, attributes) // start_time_unix_nano, time_unix_nano
                .fixed64(6, value); // as_int
    }

    private static ProtoWriter point(long time, double value, String... attributes) {
        return attributes(new ProtoWriter().fixed64(3, time), 7, attributes).float64(4, value); // time_unix_nano, attributes, as_double
    }

    /** @param attributes names and values by turns */
    private static ProtoWriter attributes(ProtoWriter message, int field, String... attributes) {
        for (int i = 0; i < attributes.length; i += 2) {
            var value = new ProtoWriter().bytes(1, attributes[i + 1].getBytes(StandardCharsets.UTF_8)); // string_value
            message.message(field, new ProtoWriter().string(1, attributes[i]).message(2, value)); // key, value
        }
        return message;
    }
}
