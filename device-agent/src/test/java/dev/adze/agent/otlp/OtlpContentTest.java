package dev.adze.agent.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import dev.adze.agent.TestBundles;
import dev.adze.agent.board.BoardState;
import dev.adze.agent.decide.DecisionFixture;
import dev.adze.agent.drift.DriftReport;
import dev.adze.agent.drift.DriftReport.Feature;
import dev.adze.agent.ledger.AgentStatus;
import dev.adze.agent.ledger.ServingCounts;
import dev.adze.agent.ledger.Stage;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.runtime.bundle.TaskSpec;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every metric of a run, as OpenTelemetry's own classes read it, against the samples that were recorded. */
class OtlpContentTest {
    private static final long START = 5_000_000_000L;
    private static final long NOW = 900_000_000_000L;
    private static final long DECIDED = 899_500_000_000L;
    private static final long DRIFTED = 700_000_000_000L;
    private static final int DECISIONS = 3_000;
    private static final RunInfo RUN = new RunInfo("0.1.0", "press-7", "m.adze", "m", "int8", "scalar", 2.5,
            TestBundles.task(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 4, 500, 2),
            List.of(new ChannelInfo("cpu.busy", "%"), new ChannelInfo("odd", "")), List.of("host:cpu.busy", "host:odd"));

    /** Latencies in nanoseconds by stage, and of the whole way by the state of the board. */
    private final Map<String, List<Long>> byStage = new LinkedHashMap<>();
    private final Map<Map<String, String>, List<Long>> byState = new LinkedHashMap<>();
    private final List<long[]> decisions = new ArrayList<>();
    private ExportMetricsServiceRequest request;
    private Map<String, Metric> metrics;

    @BeforeEach
    void aRunWithEverything() throws Exception {
        var status = new AgentStatus(2, 2);
        var readings = new ReadingBuffer(2);
        var random = new Random(11);
        List<BoardState> states = List.of(new BoardState(BoardState.Clock.FULL, BoardState.Thermal.COOL),
                new BoardState(BoardState.Clock.CAPPED, BoardState.Thermal.PASSIVE), new BoardState(BoardState.Clock.CAPPED, BoardState.Thermal.COOL));
        for (int i = 0; i < DECISIONS; i++) {
            long[] nanos = new long[5];
            for (int s = 0; s < 5; s++) {
                nanos[s] = Math.round(20_000 * (s + 1) * Math.exp(0.8 * random.nextGaussian()));
            }
            decisions.add(nanos);
            BoardState state = states.get(i % 7 == 0 ? 1 : i % 5 == 0 ? 2 : 0);
            readings.ok(0, i);
            if (i % 3 == 0) {
                readings.invalid(1, "garbage");
            } else {
                readings.missing(1, "none");
            }
            status.board(state, 1_000_000);
            status.delivered(DecisionFixture.make(i, DECIDED / 1_000_000, i > 4, i % 2, new float[] {i / 4f, -i}, nanos[0], nanos[1], nanos[2],
                    nanos[3], nanos[4]), readings, 17, 4, 2);
            long total = Arrays.stream(nanos).sum();
            for (int s = 0; s < 6; s++) {
                byStage.computeIfAbsent(Stage.values()[s].label(), _ -> new ArrayList<>()).add(s < 5 ? nanos[s] : total);
            }
            byState.computeIfAbsent(Map.of("clock", state.clock().label(), "thermal", state.thermal().label()), _ -> new ArrayList<>()).add(total);
        }
        var drift = new DriftReport(DRIFTED / 1_000_000, 7200, List.of(new Feature("cpu.busy", 7200, 0.0123, 0.031, 0, 0, false),
                new Feature("odd", 0, Double.NaN, Double.NaN, 1, 0.5, false)), List.of(new Feature("out0", 7081, 0.31, 0.14, 0, 0, true)),
                new Feature("sequence-lengths", 9, 0.02, 0.2, 0, 0, false), new Feature("gap-lengths", 8, 0.4, 0.5, 0, 0, true));
        request = ExportMetricsServiceRequest.parseFrom(new OtlpMetrics(RUN, START / 1_000_000).request(status.snapshot(), Optional.of(drift),
                Optional.of(new ServingCounts(31, 20, 7, 3, 1, 2, 5)), NOW / 1_000_000));
        metrics = request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList().stream()
                .collect(Collectors.toMap(Metric::getName, m -> m, (a, b) -> { throw new AssertionError(a.getName() + " twice"); }, LinkedHashMap::new));
    }

    private static Map<String, String> attributes(List<KeyValue> list) {
        return list.stream().collect(Collectors.toMap(KeyValue::getKey, kv -> kv.getValue().getStringValue()));
    }

    private Metric metric(String name, String unit) {
        Metric metric = metrics.remove(name);
        assertEquals(unit, metric.getUnit(), name);
        assertTrue(metric.getDescription().endsWith("."), name + " is described as " + metric.getDescription());
        return metric;
    }

    /** A monotonic, cumulative sum of whole numbers: its points by their attributes. */
    private Map<Map<String, String>, Long> sum(String name, String unit) {
        var sum = metric(name, unit).getSum();
        assertTrue(sum.getIsMonotonic(), name);
        assertEquals(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE, sum.getAggregationTemporality(), name);
        var points = new LinkedHashMap<Map<String, String>, Long>();
        for (NumberDataPoint point : sum.getDataPointsList()) {
            assertEquals(START, point.getStartTimeUnixNano(), name);
            assertEquals(NOW, point.getTimeUnixNano(), name);
            assertEquals(NumberDataPoint.ValueCase.AS_INT, point.getValueCase(), name);
            assertEquals(null, points.put(attributes(point.getAttributesList()), point.getAsInt()), name);
        }
        return points;
    }

    private Map<Map<String, String>, Double> gauge(String name, String unit, long time) {
        var points = new LinkedHashMap<Map<String, String>, Double>();
        for (NumberDataPoint point : metric(name, unit).getGauge().getDataPointsList()) {
            assertEquals(time, point.getTimeUnixNano(), name);
            assertEquals(NumberDataPoint.ValueCase.AS_DOUBLE, point.getValueCase(), name);
            assertEquals(null, points.put(attributes(point.getAttributesList()), point.getAsDouble()), name);
        }
        return points;
    }

    private static Map<Map<String, String>, Long> one(long value) {
        return Map.of(Map.of(), value);
    }

    private static Map<Map<String, String>, Double> one(double value) {
        return Map.of(Map.of(), value);
    }

    private static Map<String, String> outcome(String outcome) {
        return Map.of("outcome", outcome);
    }

    /** Points by attributes, each against its samples: to 0.1 % where the histogram has three digits, {@code width} at most. */
    private void histograms(String name, Map<Map<String, String>, List<Long>> samples, double width) {
        var histogram = metric(name, "s").getExponentialHistogram();
        assertEquals(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE, histogram.getAggregationTemporality(), name);
        Map<Map<String, String>, ExponentialHistogramDataPoint> points = histogram.getDataPointsList().stream()
                .collect(Collectors.toMap(p -> attributes(p.getAttributesList()), p -> p));
        assertEquals(samples.keySet(), points.keySet(), name);
        points.forEach((labels, point) -> {
            List<Long> nanos = samples.get(labels);
            String what = name + labels;
            assertEquals(START, point.getStartTimeUnixNano(), what);
            assertEquals(NOW, point.getTimeUnixNano(), what);
            assertEquals(nanos.size(), point.getCount(), what);
            assertEquals(nanos.stream().mapToLong(n -> n).sum() / 1e9, point.getSum(), 1e-9, what);
            assertEquals(nanos.stream().mapToLong(n -> n).max().orElseThrow() / 1e9, point.getMax(), 1e-12, what);
            assertFalse(point.hasMin() || point.hasNegative(), what);
            assertTrue(point.getPositive().getBucketCountsCount() <= 160, what);
            double finer = Math.pow(2, point.getScale() + 1) / Math.log(2);
            double octaves = Math.log((double) nanos.stream().mapToLong(n -> n).max().orElseThrow() / nanos.stream().mapToLong(n -> n).min().orElseThrow());
            assertTrue(point.getScale() == 5 || point.getScale() < 5 && octaves * finer > 158, what + " is of scale " + point.getScale());
            assertEquals(0, point.getZeroCount(), what);
            double base = Math.pow(2, Math.pow(2, -point.getScale()));
            long below = 0;
            for (int k = 0; k < point.getPositive().getBucketCountsCount(); k++) {
                below += point.getPositive().getBucketCounts(k);
                double bound = Math.pow(base, point.getPositive().getOffset() + k + 1);
                long least = nanos.stream().filter(n -> n / 1e9 <= bound * (1 - width)).count();
                long most = nanos.stream().filter(n -> n / 1e9 <= bound * (1 + width)).count();
                assertTrue(least <= below && below <= most, what + ": " + below + " up to " + bound + " s, not " + least + " to " + most);
            }
            assertEquals(nanos.size(), below, what);
        });
    }

    @Test
    void everyMetricHasItsNameUnitAttributesTimesAndValues() throws Exception {
        int told = metrics.size();
        assertEquals(one(DECISIONS), sum("adze.decisions", "{decision}"));
        assertEquals(one(17), sum("adze.missed_slots", "{sample}"));
        assertEquals(one(4), sum("adze.sensor_timeouts", "{reading}"));
        assertEquals(Map.of(outcome("ok"), 3_000L, outcome("invalid"), 1_000L, outcome("missing"), 2_000L), sum("adze.readings", "{reading}"));
        assertEquals(one(2.0), gauge("adze.quarantined_groups", "{group}", NOW));
        assertEquals(one(2.5), gauge("adze.sample_rate", "Hz", NOW));

        assertEquals(one(1.0), gauge("adze.decision.warm", "1", DECIDED));
        assertEquals(one(1.0), gauge("adze.decision.unread_channels", "{channel}", DECIDED));
        assertEquals(Map.of(Map.of("output", "out0", "unit", RUN.task().reported().get(0).unit()), 2999 / 4.0,
                Map.of("output", "out1", "unit", RUN.task().reported().get(1).unit()), -2999.0), gauge("adze.output", "", DECIDED));
        assertEquals(Map.of(Map.of("channel", "cpu.busy", "unit", "%"), 2999.0), gauge("adze.channel", "", DECIDED));

        var stages = new LinkedHashMap<Map<String, String>, List<Long>>();
        byStage.forEach((stage, nanos) -> stages.put(Map.of("stage", stage), nanos));
        assertEquals(6, stages.size());
        histograms("adze.stage.latency", stages, 0.001);
        assertEquals(3, byState.size());
        histograms("adze.state.latency", byState, 0.016);
        slowest();

        Map<String, String> busy = Map.of("of", "channel", "name", "cpu.busy");
        Map<String, String> odd = Map.of("of", "channel", "name", "odd");
        Map<String, String> output = Map.of("of", "output", "name", "out0");
        Map<String, String> sequences = Map.of("of", "lengths", "name", "sequence-lengths");
        Map<String, String> gaps = Map.of("of", "lengths", "name", "gap-lengths");
        assertEquals(Map.of(busy, 0.0, odd, 0.0, output, 1.0, sequences, 0.0, gaps, 1.0), gauge("adze.drifted", "1", DRIFTED));
        assertEquals(Map.of(busy, 0.0123, output, 0.31, sequences, 0.02, gaps, 0.4), gauge("adze.drift.stability_index", "1", DRIFTED));
        assertEquals(Map.of(busy, 0.031, output, 0.14, sequences, 0.2, gaps, 0.5), gauge("adze.drift.kolmogorov_smirnov", "1", DRIFTED));

        assertEquals(Map.of(outcome("answered"), 20L, outcome("overloaded"), 7L, outcome("refused"), 3L), sum("adze.serving.requests", "{request}"));
        assertEquals(one(1.0), gauge("adze.serving.requests_under_way", "{request}", NOW));
        assertEquals(one(2.0), gauge("adze.serving.sequences", "{sequence}", NOW));
        assertEquals(one(5), sum("adze.serving.sequences_forgotten", "{sequence}"));
        assertEquals(Map.of(), metrics, "told, but not looked at here");
        assertEquals(20, told);
    }

    /** Of the floor(n / 100) longest decisions, counted here from the samples themselves; the agent's buckets are 3.2 % wide. */
    private void slowest() {
        List<long[]> longest = decisions.stream().sorted((a, b) -> Long.compare(Arrays.stream(b).sum(), Arrays.stream(a).sum()))
                .limit(DECISIONS / 100).toList();
        double all = longest.stream().flatMapToLong(Arrays::stream).sum();
        var shares = gauge("adze.slowest.stage_share", "1", NOW);
        assertEquals(5, shares.size());
        for (int s = 0; s < 5; s++) {
            int stage = s;
            assertEquals(longest.stream().mapToLong(d -> d[stage]).sum() / all, shares.get(Map.of("stage", Stage.values()[s].label())), 0.02,
                    Stage.values()[s].label());
        }
        assertEquals(1, shares.values().stream().mapToDouble(d -> d).sum(), 1e-9);
    }

    @Test
    void theRunIsTheResourceAndNothingIsToldThatTheProtocolDoesNotKnow() {
        assertEquals(1, request.getResourceMetricsCount());
        assertEquals(Map.of("service.name", "adze-agent", "service.version", "0.1.0", "service.instance.id", "press-7", "adze.bundle", "m.adze",
                "adze.model", "m", "adze.precision", "int8", "adze.kernel", "scalar"),
                attributes(request.getResourceMetrics(0).getResource().getAttributesList()));
        assertEquals(1, request.getResourceMetrics(0).getScopeMetricsCount());
        assertEquals("dev.adze.agent", request.getResourceMetrics(0).getScopeMetrics(0).getScope().getName());
        assertEquals("0.1.0", request.getResourceMetrics(0).getScopeMetrics(0).getScope().getVersion());
        allKnown(request);
    }

    private static void allKnown(Message message) {
        assertTrue(message.getUnknownFields().asMap().isEmpty(), message.getDescriptorForType().getFullName() + message.getUnknownFields());
        message.getAllFields().values().forEach(value -> {
            for (Object each : value instanceof Collection<?> list ? list : List.of(value)) {
                if (each instanceof Message part) {
                    allKnown(part);
                }
            }
        });
    }

    @Test
    void everyMetricStandsInTheDocumentation() throws Exception {
        String page = Files.readString(Path.of("../docs/agent-report-format.md"));
        var unknown = new TreeMap<>(metrics);
        unknown.keySet().removeIf(name -> page.contains("`" + name + "`"));
        assertEquals(List.of(), List.copyOf(unknown.keySet()));
    }
}
