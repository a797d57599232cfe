package dev.adze.agent.otlp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.TestBundles;
import dev.adze.agent.decide.DecisionFixture;
import dev.adze.agent.forward.Backoff;
import dev.adze.agent.ledger.AgentStatus;
import dev.adze.agent.ledger.ExponentialBuckets;
import dev.adze.agent.ledger.ServingCounts;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.OtlpOptions;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.latency.LatencyHistogram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pushes to an HTTP server that misbehaves to order, decoded by the field numbers that opentelemetry-proto 1 publishes. */
@Timeout(60)
class OtlpExportTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final RunInfo RUN = new RunInfo("0.1.0", "press-7", "m.adze", "m", "int8", "scalar", 2,
            TestBundles.task(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 4, 500, 2),
            List.of(new ChannelInfo("cpu.busy", "%"), new ChannelInfo("odd", "")), List.of("host:cpu.busy", "host:odd"));

    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final AtomicInteger asked = new AtomicInteger();
    private Collector collector;
    private OtlpExport export;
    private long closeMillis = 20_000;

    @BeforeEach
    void open() throws IOException {
        collector = new Collector(0);
    }

    @AfterEach
    void close() {
        if (export != null) {
            export.close();
        }
        collector.close();
    }

    /** Every request tells its number. */
    private void start(URI address, Duration interval, long answerMillis) {
        var options = new OtlpOptions(address, Map.of("Authorization", "Bearer x"), interval, Optional.empty());
        export = new OtlpExport(new OtlpSender(options, answerMillis), () -> new byte[] {(byte) asked.incrementAndGet()}, interval.toNanos(),
                new Backoff(1, 20, new Random(5)), "the collector", closeMillis, new PrintStream(console, true));
        export.start();
    }

    private void awaitConsole(String text) {
        while (!console.toString().contains(text)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aPushIsAPostOfProtobufWithTheProfilesHeadersAndTheEndOfARunIsPushedToo() throws Exception {
        start(collector.address(), Duration.ofMillis(20), 10_000);
        Collector.Push push = collector.next();
        assertEquals("POST", push.method());
        assertEquals("/v1/metrics", push.path());
        assertEquals(List.of("application/x-protobuf"), push.headers().get("Content-Type"));
        assertEquals(List.of("Bearer x"), push.headers().get("Authorization"));
        assertArrayEquals(new byte[] {1}, push.body());
        assertArrayEquals(new byte[] {2}, collector.next().body());
        export.close();
        byte last = 2;
        for (Collector.Push more; (more = collector.pushes.poll()) != null;) {
            assertEquals(last + 1, more.body()[0]);
            last = more.body()[0];
        }
        assertEquals(asked.get(), last);
        assertEquals("", console.toString());
    }

    @Test
    void theEndOfAShortRunIsPushed() throws Exception {
        start(collector.address(), HOUR, 10_000);
        export.close();
        assertArrayEquals(new byte[] {1}, collector.next().body());
        assertEquals("", console.toString());
    }

    @Test
    void whatTheCollectorCannotTakeNowComesAgainAsItWasAndNotBeforeTheTimeAskedFor() throws Exception {
        collector.answers(503, "1").answers(429, null).answers(502, "soon").answers(504, "0");
        start(collector.address(), Duration.ofMillis(1_500), 10_000);
        List<Collector.Push> pushes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            pushes.add(collector.next());
        }
        assertTrue(pushes.stream().allMatch(p -> p.body()[0] == 1), "the same push");
        assertTrue(pushes.get(1).nanos() - pushes.get(0).nanos() >= 990_000_000, "a second after 503");
        awaitConsole("takes metrics again");
        export.close();
        assertEquals(List.of("adze-agent: warning: metrics wait, as the collector does not take them: HTTP 503",
                "adze-agent: the collector takes metrics again"), console.toString().lines().toList());
    }

    @Test
    void aWaitLongerThanTheIntervalIsKeptAndTheOlderPushGivenUp() throws Exception {
        collector.answers(429, "1");
        start(collector.address(), Duration.ofMillis(50), 10_000);
        Collector.Push first = collector.next();
        Collector.Push second = collector.next();
        assertArrayEquals(new byte[] {2}, second.body(), "a newer one");
        assertTrue(second.nanos() - first.nanos() >= 990_000_000, "not before the second is over");
        export.close();
        assertTrue(console.toString().contains("0 were refused and 1 not taken in time"), console.toString());
    }

    @Test
    void whatIsRefusedIsDroppedAndToldOnceWithACountAtTheEnd() throws Exception {
        collector.answers(400, null).answers(401, null).answers(500, null).answers(302, null);
        start(collector.address(), Duration.ofMillis(20), 10_000);
        for (byte i = 1; i <= 5; i++) {
            assertArrayEquals(new byte[] {i}, collector.next().body(), "none comes twice");
        }
        awaitConsole("takes metrics again");
        export.close();
        List<String> lines = console.toString().lines().toList();
        assertEquals("adze-agent: warning: the collector refuses metrics, which are dropped: HTTP 400", lines.getFirst());
        assertTrue(lines.getLast().contains(", 4 were refused and 0 not taken in time"), lines.getLast());
        assertEquals(3, lines.size(), lines.toString());
    }

    @Test
    void aCollectorThatIsDownGetsTheNewestWhenItIsUp() throws Exception {
        int port = collector.port();
        URI address = collector.address();
        collector.close();
        start(address, Duration.ofMillis(100), 10_000);
        awaitConsole("metrics wait");
        while (asked.get() < 3) {
            Thread.onSpinWait();
        }
        collector = new Collector(port);
        assertTrue(collector.next().body()[0] >= 3);
        awaitConsole("takes metrics again");
    }

    @Test
    void aCollectorThatAnswersNothingIsLeftAndTriedAgain() throws Exception {
        collector.answers.add(Collector.NEVER);
        start(collector.address(), Duration.ofSeconds(1), 150);
        assertArrayEquals(collector.next().body(), collector.next().body());
        awaitConsole("no answer within 150 ms");
    }

    @Test
    void theEndOfARunDoesNotWaitLongForASilentCollector() throws Exception {
        collector.answers.add(Collector.NEVER);
        closeMillis = 300;
        start(collector.address(), HOUR, 60_000);
        export.close();
        assertEquals("adze-agent: warning: the last metrics may be lost, as the collector has not answered\n", console.toString());
    }

    @Test
    void whatACollectorLeavesOutIsTold() throws Exception {
        // partial_success (1): rejected_data_points (1) = 7, error_message (2)
        byte[] message = "no\nroom".getBytes(StandardCharsets.US_ASCII);
        byte[] answer = new byte[6 + message.length];
        System.arraycopy(new byte[] {0x0A, (byte) (4 + message.length), 0x08, 7, 0x12, (byte) message.length}, 0, answer, 0, 6);
        System.arraycopy(message, 0, answer, 6, message.length);
        collector.answers.add(new Collector.Answer(200, null, answer));
        start(collector.address(), Duration.ofMillis(20), 10_000);
        awaitConsole("adze-agent: warning: the collector left out 7 of the metrics' points: no room\n");
    }

    @Test
    void anAnswerOfAnyBytesIsSurvived() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] answer = new byte[random.nextInt(12)];
            random.nextBytes(answer);
            if (answer.length > 1 && random.nextBoolean()) {
                answer[0] = 0x0A;
                answer[1] = (byte) (answer.length - 2);
            }
            assertTrue(OtlpAnswer.of(answer).rejectedPoints() >= 0, "seed " + seed);
        }
    }

    @Test
    void retryAfterIsSecondsOrADate() {
        Instant now = Instant.parse("2026-11-21T08:49:37Z");
        assertEquals(120_000, OtlpSender.pauseMillis(" 120 ", now));
        assertEquals(60_000, OtlpSender.pauseMillis("Sat, 21 Nov 2026 08:50:37 GMT", now));
        assertEquals(0, OtlpSender.pauseMillis("Sat, 21 Nov 2026 08:40:37 GMT", now));
        assertEquals(86_400_000, OtlpSender.pauseMillis("999999999", now));
        assertEquals(0, OtlpSender.pauseMillis("-5", now));
        assertEquals(0, OtlpSender.pauseMillis("99999999999999999999", now));
    }

    @Test
    void authoritiesThatAreNoneAreToldAtTheStart(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), "nothing");
        var e = assertThrows(AdzeException.class, () -> new OtlpSender(new OtlpOptions(URI.create("https://x/v1/metrics"), Map.of(), HOUR,
                Optional.of(file)), 10_000));
        assertTrue(e.getMessage().startsWith("reporting.otlp.ca-file: " + file + " is not readable as certificates in PEM"), e.getMessage());
    }

    @Test
    void theMetricsAreThoseOfTheRun() {
        var status = new AgentStatus(2, 2);
        var readings = new ReadingBuffer(2);
        readings.ok(0, 37.5);
        readings.invalid(1, "garbage");
        long[] inference = {1_000, 1_500, 40_000, 20_000_000_000L};
        for (long nanos : inference) {
            status.delivered(DecisionFixture.make(4, 9_000, true, 1, new float[] {42.1875f, 7}, 100, 200, 300, nanos, 50), readings, 3, 2, 1);
        }
        byte[] request = new OtlpMetrics(RUN, 5_000).request(status.snapshot(), Optional.empty(),
                Optional.of(new ServingCounts(31, 20, 7, 3, 1, 2, 5)), 10_000);
        WireFields resourceMetrics = new WireFields(request).message(1);
        Map<String, String> resource = attributes(resourceMetrics.message(1).messages(1));
        assertEquals("adze-agent", resource.get("service.name"));
        assertEquals("0.1.0", resource.get("service.version"));
        assertEquals("press-7", resource.get("service.instance.id"));
        assertEquals("dev.adze.agent", resourceMetrics.message(2).message(1).text(1));
        Map<String, WireFields> metrics = new TreeMap<>();
        resourceMetrics.message(2).messages(2).forEach(m -> assertEquals(null, metrics.put(m.text(1), m), m.text(1) + " twice"));

        WireFields decisions = metrics.get("adze.decisions").message(7);
        assertEquals(2, decisions.number(2), "cumulative");
        assertEquals(1, decisions.number(3), "monotonic");
        assertEquals(4, decisions.message(1).fixed64(6));
        assertEquals(5_000_000_000L, decisions.message(1).fixed64(2));
        assertEquals(10_000_000_000L, decisions.message(1).fixed64(3));
        assertEquals(3, metrics.get("adze.missed_slots").message(7).message(1).fixed64(6));
        assertEquals(2, metrics.get("adze.sensor_timeouts").message(7).message(1).fixed64(6));
        Map<String, Long> outcomes = new TreeMap<>();
        metrics.get("adze.readings").message(7).messages(1).forEach(p -> outcomes.put(attributes(p.messages(7)).get("outcome"), p.fixed64(6)));
        assertEquals(Map.of("ok", 4L, "invalid", 4L, "missing", 0L), outcomes);
        outcomes.clear();
        metrics.get("adze.serving.requests").message(7).messages(1).forEach(p -> outcomes.put(attributes(p.messages(7)).get("outcome"), p.fixed64(6)));
        assertEquals(Map.of("answered", 20L, "overloaded", 7L, "refused", 3L), outcomes);
        assertEquals(1, metrics.get("adze.serving.requests_under_way").message(5).message(1).float64(4));
        assertEquals(2, metrics.get("adze.serving.sequences").message(5).message(1).float64(4));
        assertEquals(5, metrics.get("adze.serving.sequences_forgotten").message(7).message(1).fixed64(6));
        assertEquals(2.0, metrics.get("adze.sample_rate").message(5).message(1).float64(4));
        assertEquals("Hz", metrics.get("adze.sample_rate").text(3));
        List<WireFields> outputs = metrics.get("adze.output").message(5).messages(1);
        assertEquals(List.of(42.1875, 7.0), outputs.stream().map(p -> p.float64(4)).toList());
        assertEquals(9_000_000_000L, outputs.getFirst().fixed64(3), "the decision's own time");
        List<WireFields> channels = metrics.get("adze.channel").message(5).messages(1);
        assertEquals(1, channels.size(), "no value, no point");
        assertEquals(37.5, channels.getFirst().float64(4));
        assertEquals(Map.of("channel", "cpu.busy", "unit", "%"), attributes(channels.getFirst().messages(7)));

        WireFields latency = metrics.get("adze.stage.latency");
        assertEquals("s", latency.text(3));
        assertEquals(2, latency.message(10).number(2), "cumulative");
        WireFields stage = latency.message(10).messages(1).stream()
                .filter(p -> attributes(p.messages(1)).get("stage").equals("inference")).findFirst().orElseThrow();
        assertEquals(4, stage.fixed64(4));
        assertEquals(Arrays.stream(inference).sum() / 1e9, stage.float64(5), 1e-9);
        assertEquals(20, stage.float64(13));
        assertEquals(0, stage.fixed64(7));
        assertFalse(stage.has(9), "nothing is negative");
        double base = Math.pow(2, Math.pow(2, -stage.zigzag(6)));
        WireFields buckets = stage.message(8);
        List<Long> counts = buckets.packed(2);
        assertEquals(4, counts.stream().mapToLong(c -> c).sum());
        for (long nanos : inference) {
            // (base^i, base^(i+1)], as metrics.proto has it; the histogram itself is within 0.1 %.
            boolean found = false;
            for (int k = 0; k < counts.size(); k++) {
                double lower = Math.pow(base, buckets.zigzag(1) + k);
                found |= counts.get(k) > 0 && lower * 0.998 < nanos / 1e9 && nanos / 1e9 <= lower * base * 1.002;
            }
            assertTrue(found, nanos + " ns are in none of " + counts + " from " + buckets.zigzag(1));
        }
    }

    @Test
    void aRunWithoutDecisionsHasItsCountersAlone() {
        byte[] request = new OtlpMetrics(RUN, 5_000).request(new AgentStatus(2, 2).snapshot(), Optional.empty(), Optional.empty(), 10_000);
        List<WireFields> metrics = new WireFields(request).message(1).message(2).messages(2);
        assertTrue(metrics.stream().noneMatch(m -> m.text(1).equals("adze.output") || m.text(1).equals("adze.channel")
                || m.text(1).startsWith("adze.serving")));
        WireFields stage = metrics.stream().filter(m -> m.text(1).equals("adze.stage.latency")).findFirst().orElseThrow().message(10).messages(1).getFirst();
        assertEquals(0, stage.fixed64(4));
        assertFalse(stage.has(13), "no sample, no maximum");
    }

    @Test
    void bucketsAreJoinedUntilTheyAreFewEnoughAndHoldEverySample() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            var histogram = new LatencyHistogram();
            List<Double> samples = new ArrayList<>();
            double octaves = 30 * random.nextDouble();
            for (int i = 0; i < 500; i++) {
                long nanos = (long) (1000 * Math.pow(2, octaves * random.nextDouble()));
                histogram.record(nanos);
                samples.add(nanos / 1e9);
            }
            DenseBuckets buckets = DenseBuckets.of(ExponentialBuckets.of(histogram.counts()));
            assertTrue(buckets.counts().length <= 160, "seed " + seed + ": " + buckets.counts().length);
            assertTrue(octaves > 4 || buckets.scale() == 5, "seed " + seed + ": joined without need");
            double base = Math.pow(2, Math.pow(2, -buckets.scale()));
            samples.sort(null);
            long below = 0;
            for (int k = 0; k < buckets.counts().length; k++) {
                below += buckets.counts()[k];
                double bound = Math.pow(base, buckets.offset() + k + 1);
                long least = samples.stream().filter(s -> s <= bound * 0.998).count();
                long most = samples.stream().filter(s -> s <= bound * 1.002).count();
                assertTrue(least <= below && below <= most, "seed " + seed + ": " + below + " up to " + bound + ", not " + least + " to " + most);
            }
            assertEquals(500, below);
        }
    }

    private static Map<String, String> attributes(List<WireFields> keyValues) {
        Map<String, String> all = new TreeMap<>();
        keyValues.forEach(kv -> all.put(kv.text(1), kv.message(2).text(1)));
        return all;
    }
}
