package dev.adze.agent.report;

import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.ledger.AgentStatus;
import dev.adze.agent.ledger.AgentStatus.Snapshot;
import dev.adze.agent.ledger.ExponentialBuckets;
import dev.adze.agent.ledger.LatencyLedger;
import dev.adze.agent.ledger.ServingCounts;
import dev.adze.agent.ledger.Slowest;
import dev.adze.agent.ledger.Stage;
import dev.adze.agent.ledger.StageFigures;
import dev.adze.agent.ledger.StateFigures;
import dev.adze.agent.sensor.Reading;
import dev.adze.agent.wire.HttpServerLimits;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code /metrics} for Prometheus: made from the run's status when it is asked for, so that it costs the decision loop
 * nothing else. The metrics are listed in docs/agent-report-format.md.
 */
public final class MetricsEndpoint implements AutoCloseable {
    /** Enough for a scraper and a person; a third request waits. */
    private static final int THREADS = 2;

    /** Held, or the level would be forgotten: a stack trace for every malformed request would fill the journal. */
    private static final Logger LIBRARY = Logger.getLogger("io.prometheus.metrics.exporter.httpserver");

    private final AgentStatus status;
    private final RunInfo run;
    private final ExecutorService threads;
    private final HTTPServer server;

    /** @param port 0 for any free one */
    public MetricsEndpoint(String host, int port, AgentStatus status, RunInfo run) {
        this.status = status;
        this.run = run;
        var registry = new PrometheusRegistry();
        registry.register(() -> collect());
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            var thread = new Thread(task, "metrics");
            thread.setDaemon(true);
            return thread;
        });
        LIBRARY.setLevel(Level.OFF);
        HttpServerLimits.set();
        try {
            server = HTTPServer.builder().inetAddress(InetAddress.getByName(host)).port(port).registry(registry)
                    .executorService(threads).buildAndStart();
        } catch (UnknownHostException e) {
            threads.shutdownNow();
            throw new AdzeException(Kind.USAGE, "metrics address " + host + " is unknown; use 127.0.0.1 or one of this machine's", e);
        } catch (IOException e) {
            threads.shutdownNow();
            throw new AdzeException(Kind.UNAVAILABLE, "cannot listen for metrics on " + host + ":" + port + ": "
                    + e.getMessage() + "; choose another host or port in reporting.prometheus or with --metrics, or --metrics off", e);
        }
    }

    public int port() {
        return server.getPort();
    }

    private MetricSnapshots collect() {
        Snapshot now = status.snapshot();
        var metrics = new ArrayList<MetricSnapshot>();
        metrics.add(InfoSnapshot.builder().name("adze_agent").help("What runs here.")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder().labels(Labels.of("version", run.version(),
                        "profile", run.profile(), "bundle", run.bundle(), "model", run.model(),
                        "precision", run.precision(), "kernel", run.kernel())).build()).build());
        metrics.add(counter("adze_decisions", "Decisions made.", now.decisions()));
        metrics.add(counter("adze_missed_slots", "Samples left out because their time had passed.", now.missedSlots()));
        metrics.add(counter("adze_sensor_timeouts", "Readings of a sensor group that did not come in time.", now.sensorTimeouts()));
        metrics.add(CounterSnapshot.builder().name("adze_readings").help("Channel readings by outcome.")
                .dataPoint(count(now.okReadings(), Labels.of("outcome", "ok")))
                .dataPoint(count(now.invalidReadings(), Labels.of("outcome", "invalid")))
                .dataPoint(count(now.missingReadings(), Labels.of("outcome", "missing"))).build());
        metrics.add(gauge("adze_quarantined_groups", "Sensor groups whose last reading did not come in time.", now.quarantinedGroups()));
        metrics.add(gauge("adze_sample_rate_hertz", "Samples a second asked for.", run.rateHz()));
        metrics.add(stages(now.stages()));
        metrics.add(states(now.states()));
        now.slowest().ifPresent(slowest -> metrics.add(shares(slowest)));
        if (now.decisions() > 0) {
            addLastDecision(metrics, now);
        }
        status.drift().ifPresent(report -> addDrift(metrics, report));
        status.serving().ifPresent(counts -> addServing(metrics, counts));
        return new MetricSnapshots(metrics);
    }

    private void addLastDecision(List<MetricSnapshot> metrics, Snapshot now) {
        metrics.add(gauge("adze_decision_timestamp_seconds", "When the last decision was due, since 1970.", now.epochMillis() / 1e3));
        metrics.add(gauge("adze_decision_warm", "1 once the model has seen enough steps.", now.warm() ? 1 : 0));
        metrics.add(gauge("adze_decision_unread_channels", "Channels of the last decision that were filled in.", now.unreadChannels()));
        var outputs = GaugeSnapshot.builder().name("adze_output").help("Outputs of the last decision in physical units.");
        for (int i = 0; i < now.outputs().length; i++) {
            var spec = run.task().reported().get(i);
            outputs.dataPoint(point(now.outputs()[i], Labels.of("output", spec.name(), "unit", spec.unit())));
        }
        metrics.add(outputs.build());
        var channels = GaugeSnapshot.builder().name("adze_channel").help("Readings of the last decision; absent without a value.");
        for (int i = 0; i < now.channels().size(); i++) {
            if (now.channels().get(i) instanceof Reading.Ok(double value)) {
                var channel = run.channels().get(i);
                channels.dataPoint(point(value, Labels.of("channel", channel.name(), "unit", channel.unit())));
            }
        }
        metrics.add(channels.build());
    }

    private static void addDrift(List<MetricSnapshot> metrics, DriftReport report) {
        var index = GaugeSnapshot.builder().name("adze_drift_stability_index").help("Population stability index of the last stretch.");
        var distance = GaugeSnapshot.builder().name("adze_drift_kolmogorov_smirnov").help("Kolmogorov-Smirnov distance of the last stretch.");
        var drifted = GaugeSnapshot.builder().name("adze_drifted").help("1 where one of both is beyond its limit.");
        report.channels().forEach(f -> addDrift(index, distance, drifted, "channel", f));
        report.outputs().forEach(f -> addDrift(index, distance, drifted, "output", f));
        List.of(report.sequences(), report.gaps()).forEach(f -> addDrift(index, distance, drifted, "lengths", f));
        metrics.add(index.build());
        metrics.add(distance.build());
        metrics.add(drifted.build());
    }

    private static void addDrift(GaugeSnapshot.Builder index, GaugeSnapshot.Builder distance, GaugeSnapshot.Builder drifted, String of,
            DriftReport.Feature feature) {
        Labels labels = Labels.of("of", of, "name", feature.name());
        drifted.dataPoint(point(feature.drifted() ? 1 : 0, labels));
        if (!Double.isNaN(feature.stabilityIndex())) {
            index.dataPoint(point(feature.stabilityIndex(), labels));
            distance.dataPoint(point(feature.kolmogorovSmirnov(), labels));
        }
    }

    private static void addServing(List<MetricSnapshot> metrics, ServingCounts counts) {
        metrics.add(CounterSnapshot.builder().name("adze_serving_requests").help("Requests of other programs by outcome.")
                .dataPoint(count(counts.answered(), Labels.of("outcome", "answered")))
                .dataPoint(count(counts.overloaded(), Labels.of("outcome", "overloaded")))
                .dataPoint(count(counts.refused(), Labels.of("outcome", "refused"))).build());
        metrics.add(gauge("adze_serving_requests_under_way", "Requests that wait or are computed.", counts.underWay()));
        metrics.add(gauge("adze_serving_sequences", "Sequences whose state is kept.", counts.sequences()));
        metrics.add(counter("adze_serving_sequences_forgotten", "Sequences that nobody went on with.", counts.forgottenSequences()));
    }

    private static HistogramSnapshot stages(List<StageFigures> stages) {
        var histogram = HistogramSnapshot.builder().name("adze_stage_latency_seconds").unit(Unit.SECONDS)
                .help("Latency of a decision's stages, from its scheduled instant; total is the whole way.");
        stages.forEach(figures -> histogram.dataPoint(point(figures, Labels.of("stage", figures.stage().label()))));
        return histogram.build();
    }

    private static HistogramSnapshot states(List<StateFigures> states) {
        var histogram = HistogramSnapshot.builder().name("adze_state_latency_seconds").unit(Unit.SECONDS)
                .help("Latency of the whole way by the state of the board.");
        states.forEach(s -> histogram.dataPoint(point(s.total(),
                Labels.of("clock", s.state().clock().label(), "thermal", s.state().thermal().label()))));
        return histogram.build();
    }

    private static HistogramSnapshot.HistogramDataPointSnapshot point(StageFigures figures, Labels labels) {
        long[] bounds = LatencyLedger.bucketBoundsNanos();
        var buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < bounds.length; i++) {
            buckets.bucket(bounds[i] / 1e9, figures.bucketCounts()[i]);
        }
        buckets.bucket(Double.POSITIVE_INFINITY, figures.bucketCounts()[bounds.length]);
        ExponentialBuckets fine = figures.exponential();
        return HistogramSnapshot.HistogramDataPointSnapshot.builder().classicHistogramBuckets(buckets.build()).labels(labels)
                .nativeSchema(ExponentialBuckets.SCHEMA).nativeZeroCount(fine.zeros())
                .nativeBucketsForPositiveValues(NativeHistogramBuckets.of(fine.indexes(), fine.counts()))
                .sum(figures.sumNanos() / 1e9).build();
    }

    private static GaugeSnapshot shares(Slowest slowest) {
        var shares = GaugeSnapshot.builder().name("adze_slowest_stage_share")
                .help("What part of the slowest hundredth of all decisions each stage took.");
        for (int i = 0; i < slowest.shares().length; i++) {
            shares.dataPoint(point(slowest.shares()[i], Labels.of("stage", Stage.values()[i].label())));
        }
        return shares.build();
    }

    private static CounterSnapshot counter(String name, String help, long value) {
        return CounterSnapshot.builder().name(name).help(help).dataPoint(count(value, Labels.EMPTY)).build();
    }

    private static CounterSnapshot.CounterDataPointSnapshot count(long value, Labels labels) {
        return CounterSnapshot.CounterDataPointSnapshot.builder().value(value).labels(labels).build();
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder().name(name).help(help).dataPoint(point(value, Labels.EMPTY)).build();
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot point(double value, Labels labels) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
    }

    @Override
    public void close() {
        server.close();
        threads.shutdownNow();
    }
}
