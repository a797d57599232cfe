package dev.adze.agent.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.board.BoardState;
import dev.adze.agent.decide.DecisionFixture;
import dev.adze.agent.ledger.AgentStatus;
import dev.adze.agent.ledger.ServingCounts;
import dev.adze.agent.ledger.Stage;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetricsEndpointTest {
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(\\{(?:[a-z_]+=\"(?:[^\"\\\\]|\\\\.)*\",?)*})? (\\S+)");

    private final AgentStatus status = new AgentStatus(2, 2);

    /** The text format (prometheus.io/docs/instrumenting/exposition_formats), strictly: every line a comment or a sample. */
    private static Map<String, Double> scrape(MetricsEndpoint endpoint) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var response = client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + "/metrics")).build(),
                    BodyHandlers.ofString());
            assertEquals(200, response.statusCode());
            var samples = new LinkedHashMap<String, Double>();
            for (String line : response.body().split("\n")) {
                if (line.startsWith("#")) {
                    continue;
                }
                Matcher m = SAMPLE.matcher(line);
                assertTrue(m.matches(), "not a sample: " + line);
                String key = m.group(1) + (m.group(2) == null ? "" : m.group(2));
                assertFalse(samples.containsKey(key), key + " is there twice");
                samples.put(key, Double.parseDouble(m.group(3).replace("+Inf", "Infinity")));
            }
            return samples;
        }
    }

    @Test
    void aScrapeTellsWhatWasDelivered() throws Exception {
        var readings = new ReadingBuffer(2);
        readings.ok(0, 37.5);
        readings.invalid(1, "garbage");
        status.board(new BoardState(BoardState.Clock.FULL, BoardState.Thermal.COOL), 20_000_000_000L);
        long[] inference = {1_000, 1_500, 40_000, 20_000_000_000L};
        for (long nanos : inference) {
            status.delivered(DecisionFixture.make(4, 9_000, true, 1, new float[] {42.1875f, 7}, 100, 200, 300, nanos, 50), readings, 3, 2, 1);
        }
        try (var endpoint = new MetricsEndpoint("127.0.0.1", 0, status, ReportFixtures.run(TaskSpec.Kind.FORECAST))) {
            Map<String, Double> m = scrape(endpoint);
            assertEquals(4, m.get("adze_decisions_total"));
            assertEquals(3, m.get("adze_missed_slots_total"));
            assertEquals(2, m.get("adze_sensor_timeouts_total"));
            assertEquals(4, m.get("adze_readings_total{outcome=\"ok\"}"));
            assertEquals(4, m.get("adze_readings_total{outcome=\"invalid\"}"));
            assertEquals(0, m.get("adze_readings_total{outcome=\"missing\"}"));
            assertEquals(1, m.get("adze_quarantined_groups"));
            assertEquals(9, m.get("adze_decision_timestamp_seconds"));
            assertEquals(42.1875, m.get("adze_output{output=\"out0\",unit=\"%\"}"));
            assertEquals(37.5, m.get("adze_channel{channel=\"cpu.busy\",unit=\"%\"}"));
            assertTrue(m.keySet().stream().noneMatch(k -> k.contains("odd")), "a channel without a value has a sample");
            assertEquals(1, m.get("adze_stage_latency_seconds_bucket{stage=\"inference\",le=\"1.0E-6\"}"));
            assertEquals(2, m.get("adze_stage_latency_seconds_bucket{stage=\"inference\",le=\"2.0E-6\"}"));
            assertEquals(3, m.get("adze_stage_latency_seconds_bucket{stage=\"inference\",le=\"10.0\"}"));
            assertEquals(4, m.get("adze_stage_latency_seconds_bucket{stage=\"inference\",le=\"+Inf\"}"));
            assertEquals(3, m.get("adze_state_latency_seconds_bucket{clock=\"full\",thermal=\"cool\",le=\"10.0\"}"));
            assertEquals(4, m.get("adze_state_latency_seconds_count{clock=\"full\",thermal=\"cool\"}"));
            assertEquals(20.0000425, m.get("adze_stage_latency_seconds_sum{stage=\"inference\"}"), 1e-9);
            for (Stage stage : Stage.values()) {
                assertEquals(4, m.get("adze_stage_latency_seconds_count{stage=\"" + stage.label() + "\"}"));
            }
            assertTrue(m.keySet().stream().anyMatch(k -> k.startsWith("adze_agent_info{") && k.contains("kernel=\"vector-256\"")));
        }
    }

    @Test
    void theSlowestHundredthIsToldFromAThousandDecisionsOn() throws Exception {
        var readings = new ReadingBuffer(2);
        try (var endpoint = new MetricsEndpoint("127.0.0.1", 0, status, ReportFixtures.run(TaskSpec.Kind.FORECAST))) {
            for (int i = 0; i < 1000; i++) {
                assertTrue(i != 999 || scrape(endpoint).keySet().stream().noneMatch(k -> k.startsWith("adze_slowest")));
                status.delivered(DecisionFixture.make(i, 0, true, 0, new float[2], 1_000, i < 10 ? 96_000 : 1_000, 1_000, 1_000, 1_000), readings, 0, 0, 0);
            }
            Map<String, Double> m = scrape(endpoint);
            assertEquals(0.96, m.get("adze_slowest_stage_share{stage=\"read\"}"), 1e-12);
            assertEquals(5, m.keySet().stream().filter(k -> k.startsWith("adze_slowest_stage_share")).count());
        }
    }

    @Test
    void beforeTheFirstDecisionThereAreNoMadeUpZeroes() throws Exception {
        try (var endpoint = new MetricsEndpoint("127.0.0.1", 0, status, ReportFixtures.run(TaskSpec.Kind.FORECAST))) {
            Map<String, Double> m = scrape(endpoint);
            assertEquals(0, m.get("adze_decisions_total"));
            assertTrue(m.keySet().stream().noneMatch(k -> k.startsWith("adze_output") || k.startsWith("adze_channel")
                    || k.startsWith("adze_decision_")), m.keySet().toString());
        }
    }

    @Test
    void requestsOfOtherProgramsAreToldWhereSomeAreServed() throws Exception {
        try (var endpoint = new MetricsEndpoint("127.0.0.1", 0, status, ReportFixtures.run(TaskSpec.Kind.FORECAST))) {
            assertTrue(scrape(endpoint).keySet().stream().noneMatch(k -> k.startsWith("adze_serving")));
            status.serving(() -> new ServingCounts(31, 20, 7, 3, 1, 2, 5));
            Map<String, Double> m = scrape(endpoint);
            assertEquals(20, m.get("adze_serving_requests_total{outcome=\"answered\"}"));
            assertEquals(7, m.get("adze_serving_requests_total{outcome=\"overloaded\"}"));
            assertEquals(3, m.get("adze_serving_requests_total{outcome=\"refused\"}"));
            assertEquals(1, m.get("adze_serving_requests_under_way"));
            assertEquals(2, m.get("adze_serving_sequences"));
            assertEquals(5, m.get("adze_serving_sequences_forgotten_total"));
        }
    }

    @Test
    void anAddressThatCannotBeHadIsOneLine() {
        try (var endpoint = new MetricsEndpoint("127.0.0.1", 0, status, ReportFixtures.run(TaskSpec.Kind.FORECAST))) {
            var taken = assertThrows(AdzeException.class,
                    () -> new MetricsEndpoint("127.0.0.1", endpoint.port(), status, ReportFixtures.run(TaskSpec.Kind.FORECAST)).close());
            assertEquals(AdzeException.Kind.UNAVAILABLE, taken.kind());
            assertTrue(taken.getMessage().startsWith("cannot listen for metrics on 127.0.0.1:" + endpoint.port()), taken.getMessage());
        }
    }

    /** Fields of a protobuf message by number (protobuf.dev/programming-guides/encoding): longs, raw bits of doubles, or bytes. */
    private static Map<Integer, List<Object>> fields(byte[] message) {
        var fields = new LinkedHashMap<Integer, List<Object>>();
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            Object value = switch (tag & 7) {
                case 0 -> varint(in);
                case 1 -> in.getLong();
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    yield bytes;
                }
                default -> throw new IllegalArgumentException("wire type " + (tag & 7));
            };
            fields.computeIfAbsent(tag >> 3, _ -> new ArrayList<>()).add(value);
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0;; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static long zigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }

    private static List<Long> signed(Map<Integer, List<Object>> fields, int number) {
        var all = new ArrayList<Long>();
        for (Object value : fields.getOrDefault(number, List.of())) {
            if (value instanceof byte[] packed) {
                ByteBuffer in = ByteBuffer.wrap(packed);
                while (in.hasRemaining()) {
                    all.add(zigzag(varint(in)));
                }
            } else {
                all.add(zigzag((Long) value));
            }
        }
        return all;
    }

    /** Decoded by the field numbers of io.prometheus.client (prometheus/client_model, metrics.proto). */
    @Test
    void aScraperThatAsksForProtobufGetsNativeHistogramsToo() throws Exception {
        var expected = new TreeMap<Integer, Long>();
        var random = new Random(3);
        for (int i = 0; i < 500; i++) {
            long nanos = (long) Math.exp(random.nextDouble(5, 22));
            status.delivered(DecisionFixture.make(i, i, true, 0, new float[] {1, 2}, 1, 1, 1, nanos, 1), new ReadingBuffer(2), 0, 0, 0);
            expected.merge((int) Math.ceil(32 * Math.log(nanos / 1e9) / Math.log(2)), 1L, Long::sum);
        }
        try (var endpoint = new MetricsEndpoint("127.0.0.1", 0, status, ReportFixtures.run(TaskSpec.Kind.FORECAST));
                HttpClient client = HttpClient.newHttpClient()) {
            var response = client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + "/metrics"))
                    .header("Accept", "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited").build(),
                    BodyHandlers.ofByteArray());
            assertTrue(response.headers().firstValue("Content-Type").orElse("").startsWith("application/vnd.google.protobuf"));
            ByteBuffer in = ByteBuffer.wrap(response.body());
            int found = 0;
            while (in.hasRemaining()) {
                byte[] family = new byte[(int) varint(in)];
                in.get(family);
                var fields = fields(family);
                if (!new String((byte[]) fields.get(1).getFirst(), StandardCharsets.UTF_8).equals("adze_stage_latency_seconds")) {
                    continue;
                }
                for (Object metric : fields.get(4)) {
                    var histogram = fields((byte[]) fields((byte[]) metric).get(7).getFirst());
                    assertEquals(500L, histogram.get(1).getFirst());
                    assertEquals(23, histogram.get(3).size(), "classic buckets beside them");
                    assertEquals(List.of(5L), signed(histogram, 5), "schema");
                    String label = new String((byte[]) fields((byte[]) fields((byte[]) metric).get(1).getFirst()).get(2).getFirst(), StandardCharsets.UTF_8);
                    if (label.equals("inference")) {
                        assertNear(expected, buckets(histogram));
                        found++;
                    }
                }
            }
            assertEquals(1, found);
        }
    }

    /** Spans of consecutive buckets, and the change of each one's count from the one before. */
    private static SortedMap<Integer, Long> buckets(Map<Integer, List<Object>> histogram) {
        var buckets = new TreeMap<Integer, Long>();
        List<Long> deltas = signed(histogram, 13);
        int index = 0;
        int next = 0;
        long count = 0;
        for (Object span : histogram.get(12)) {
            var fields = fields((byte[]) span);
            index += signed(fields, 1).stream().mapToInt(Long::intValue).sum();
            for (long i = 0; i < (Long) fields.get(2).getFirst(); i++) {
                count += deltas.get(next++);
                buckets.put(index++, count);
            }
        }
        assertEquals(deltas.size(), next);
        buckets.values().removeIf(c -> c == 0);
        return buckets;
    }

    /** The same, but for samples that lie so near a bound that 0.1 % carries them over it. */
    private static void assertNear(SortedMap<Integer, Long> expected, SortedMap<Integer, Long> actual) {
        assertEquals(500, actual.values().stream().mapToLong(c -> c).sum());
        var difference = new TreeMap<Integer, Long>(expected);
        actual.forEach((i, c) -> difference.merge(i, -c, Long::sum));
        long moved = difference.values().stream().mapToLong(Math::abs).sum() / 2;
        assertTrue(moved <= 50, moved + " of 500 in other buckets");
        long running = 0;
        for (long d : difference.values()) {
            running += d;
            assertTrue(Math.abs(running) <= 3, difference.toString());
        }
    }

    private static byte[] malformed(Random random) {
        String good = "GET /metrics?name[]=adze_output HTTP/1.1\r\nHost: x\r\nAccept: text/plain\r\nContent-Length: 3\r\n\r\nabc";
        byte[] bytes = good.getBytes(StandardCharsets.US_ASCII);
        switch (random.nextInt(6)) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> {
                for (int i = 0; i < 5; i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
            }
            case 3 -> bytes = good.replace("Content-Length: 3", "Content-Length: " + List.of("-1", "99999999999999999999", "x", "2147483648")
                    .get(random.nextInt(4))).getBytes(StandardCharsets.US_ASCII);
            case 4 -> bytes = good.replace("Content-Length: 3", "Transfer-Encoding: chunked\r\nX: " + "y".repeat(random.nextInt(5000)))
                    .replace("abc", "FFFFFFFFF\r\n").getBytes(StandardCharsets.US_ASCII);
            default -> bytes = good.replace("/metrics", "/" + "%zz\u0000../".repeat(random.nextInt(200))).getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }

    @Test
    @Timeout(180)
    void noMalformedRequestKeepsTheNextFromItsAnswer() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        try (var endpoint = new MetricsEndpoint("127.0.0.1", 0, status, ReportFixtures.run(TaskSpec.Kind.FORECAST))) {
            for (int i = 0; i < 120; i++) {
                try (var socket = new Socket("127.0.0.1", endpoint.port())) {
                    socket.getOutputStream().write(malformed(random));
                    socket.shutdownOutput();
                } catch (IOException e) {
                    // Cut off: as good an answer as any.
                }
                if (i % 40 == 0) {
                    assertEquals(0, scrape(endpoint).get("adze_decisions_total"), "seed " + seed);
                }
            }
            assertEquals(0, scrape(endpoint).get("adze_decisions_total"), "seed " + seed);
        }
    }

    @Test
    void aHeadWithoutEndIsCutOffBeforeItTakesTheMemory() throws Exception {
        try (var endpoint = new MetricsEndpoint("127.0.0.1", 0, status, ReportFixtures.run(TaskSpec.Kind.FORECAST))) {
            for (String head : List.of("GET /", "GET /metrics HTTP/1.1\r\nX: ")) {
                byte[] more = "y".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
                int sent = 0;
                try (var socket = new Socket("127.0.0.1", endpoint.port())) {
                    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                    for (; sent < 1 << 10; sent++) {
                        socket.getOutputStream().write(more);
                    }
                } catch (IOException e) {
                    // As it should be.
                }
                assertTrue(sent < 1 << 9, sent + " times 64 KiB were taken after " + head);
            }
            assertEquals(0, scrape(endpoint).get("adze_decisions_total"));
        }
    }

    @Test
    void requestsThatNeverEndGiveTheirThreadsBack() throws Exception {
        try (var endpoint = new MetricsEndpoint("127.0.0.1", 0, status, ReportFixtures.run(TaskSpec.Kind.FORECAST));
                var first = new Socket("127.0.0.1", endpoint.port());
                var second = new Socket("127.0.0.1", endpoint.port());
                var third = new Socket("127.0.0.1", endpoint.port())) {
            for (Socket socket : List.of(first, second, third)) {
                socket.getOutputStream().write("GET /metrics HT".getBytes(StandardCharsets.US_ASCII));
            }
            assertEquals(0, scrape(endpoint).get("adze_decisions_total"));
        }
    }
}
