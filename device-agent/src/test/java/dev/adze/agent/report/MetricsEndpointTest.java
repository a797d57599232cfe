package dev.adze.agent.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.decide.DecisionFixture;
import dev.adze.agent.ledger.AgentStatus;
import dev.adze.agent.ledger.Stage;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;
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
            assertEquals(20.0000425, m.get("adze_stage_latency_seconds_sum{stage=\"inference\"}"), 1e-9);
            for (Stage stage : Stage.values()) {
                assertEquals(4, m.get("adze_stage_latency_seconds_count{stage=\"" + stage.label() + "\"}"));
            }
            assertTrue(m.keySet().stream().anyMatch(k -> k.startsWith("adze_agent_info{") && k.contains("kernel=\"vector-256\"")));
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
    void anAddressThatCannotBeHadIsOneLine() {
        try (var endpoint = new MetricsEndpoint("127.0.0.1", 0, status, ReportFixtures.run(TaskSpec.Kind.FORECAST))) {
            var taken = assertThrows(AdzeException.class,
                    () -> new MetricsEndpoint("127.0.0.1", endpoint.port(), status, ReportFixtures.run(TaskSpec.Kind.FORECAST)).close());
            assertEquals(AdzeException.Kind.UNAVAILABLE, taken.kind());
            assertTrue(taken.getMessage().startsWith("cannot listen for metrics on 127.0.0.1:" + endpoint.port()), taken.getMessage());
        }
    }
}
