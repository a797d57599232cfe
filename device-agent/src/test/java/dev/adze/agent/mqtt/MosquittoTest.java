package dev.adze.agent.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import dev.adze.agent.TestBundles;
import dev.adze.agent.decide.DecisionFixture;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.ForwardOptions;
import dev.adze.profiles.MqttOptions;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against a real broker: needs Mosquitto (apt install mosquitto), and for TLS openssl; skipped without. */
@Timeout(120)
class MosquittoTest {
    @TempDir
    Path folder;

    @BeforeEach
    void need() {
        assumeTrue(Mosquitto.program("mosquitto").isPresent(), "no mosquitto on this machine: apt install mosquitto");
    }

    private MqttOptions options(String server, Path ca, Path certificate, Path key) {
        return new MqttOptions(URI.create(server), "adze-test", "adze/test", Optional.empty(), Optional.empty(), Optional.ofNullable(ca),
                Optional.ofNullable(certificate), Optional.ofNullable(key), true, 30, 16, Optional.empty());
    }

    private MqttReport report(MqttOptions options) {
        var run = new RunInfo("0.1.0", "test", "m.adze", "m", "int8", "scalar", 1,
                TestBundles.task(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 4, 100, 2), List.of(), List.of());
        return MqttReport.open(options, new ForwardOptions(folder.resolve("waiting"), 1_000_000, Duration.ofMillis(5)), run, List.of());
    }

    private static ReadingBuffer readings(double value) {
        var readings = new ReadingBuffer(1);
        readings.ok(0, value);
        return readings;
    }

    @Test
    void aRunArrivesWholeAndItsStatusStays() throws Exception {
        try (var broker = Mosquitto.start(folder, "allow_anonymous true")) {
            Mqtt5BlockingClient listener = Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(broker.port).buildBlocking();
            listener.connect();
            var seen = new ArrayList<JsonNode>();
            try (var publishes = listener.publishes(MqttGlobalPublishFilter.ALL)) {
                listener.subscribeWith().topicFilter("adze/test/#").send();
                MqttReport report = report(options("mqtt://127.0.0.1:" + broker.port, null, null, null));
                report.started(5);
                for (int i = 0; i < 200; i++) {
                    report.decided(DecisionFixture.make(i, i, true, 0, new float[] {i, 2}, 1, 1, 1, 1, 1), readings(3.5 * i));
                }
                report.alarm("hot", true, "out0", 81.5, 200);
                report.close();
                while (seen.size() < 204) {
                    seen.add(JsonMapper.shared().readTree(publishes.receive(30, TimeUnit.SECONDS).orElseThrow().getPayloadAsBytes()));
                }
            }
            List<JsonNode> reports = seen.stream().filter(j -> j.has("seq")).toList();
            for (int i = 0; i < reports.size(); i++) {
                assertEquals(i + 1, reports.get(i).get("seq").asInt());
            }
            assertEquals(202, reports.size());
            assertEquals(3.5 * 7, reports.get(8).get("inputs").get(0).asDouble());
            assertEquals("alarm", reports.getLast().get("type").asString());
            assertEquals(List.of("online", "offline"), seen.stream().filter(j -> j.has("state") && !j.has("name"))
                    .map(j -> j.get("state").asString()).toList());
            listener.disconnect();
            Mqtt5BlockingClient late = Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(broker.port).buildBlocking();
            late.connect();
            try (var publishes = late.publishes(MqttGlobalPublishFilter.ALL)) {
                late.subscribeWith().topicFilter("adze/test/#").send();
                var retained = publishes.receive(30, TimeUnit.SECONDS).orElseThrow();
                assertEquals("adze/test/status", retained.getTopic().toString());
                assertTrue(new String(retained.getPayloadAsBytes(), StandardCharsets.UTF_8).contains("\"stopped\""));
            }
            late.disconnect();
        }
    }

    private void openssl(String... arguments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Stream.concat(Stream.of("openssl"), Stream.of(arguments)).toList()).directory(folder.toFile())
                .redirectErrorStream(true).redirectOutput(folder.resolve("openssl.log").toFile()).start();
        assertEquals(0, process.waitFor(), Files.readString(folder.resolve("openssl.log")));
    }

    private void certificate(String name, String subject) throws IOException, InterruptedException {
        Files.writeString(folder.resolve(name + ".ext"), "subjectAltName=DNS:" + subject + "\n");
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key", "-out", name + ".csr",
                "-subj", "/CN=" + subject);
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out",
                name + ".pem", "-extfile", name + ".ext");
    }

    @Test
    void overTlsOnlyTheRightCertificatesMeet() throws Exception {
        assumeTrue(Mosquitto.program("openssl").isPresent(), "no openssl on this machine");
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
                "-days", "2", "-subj", "/CN=test authority");
        certificate("server", "localhost");
        certificate("client", "press-7");
        Path ca = folder.resolve("ca.pem");
        Path certificate = folder.resolve("client.pem");
        Path key = folder.resolve("client.key");
        try (var broker = Mosquitto.start(folder, "cafile " + ca + "\ncertfile " + folder.resolve("server.pem") + "\nkeyfile "
                + folder.resolve("server.key") + "\nrequire_certificate true\nuse_identity_as_username true")) {
            String server = "mqtts://localhost:" + broker.port;
            var good = new HiveMqttLink(options(server, ca, certificate, key));
            good.connect(new Message("adze/test/status", new byte[0], true, true)).get(30, TimeUnit.SECONDS);
            good.publish(new Message("adze/test/x", new byte[] {1}, true, false)).get(30, TimeUnit.SECONDS);
            good.close(false);
            for (MqttOptions bad : List.of(
                    options(server, ca, null, null),
                    options(server, null, certificate, key),
                    options("mqtts://127.0.0.1:" + broker.port, ca, certificate, key))) {
                var link = new HiveMqttLink(bad);
                var refused = assertThrows(ExecutionException.class, () -> link.connect(new Message("adze/test/status", new byte[0], true, true)).get(30, TimeUnit.SECONDS));
                assertTrue(refused.getCause() instanceof MqttLink.Failed, refused.toString());
            }
        }
    }
}
