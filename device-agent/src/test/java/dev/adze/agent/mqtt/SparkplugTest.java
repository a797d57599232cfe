package dev.adze.agent.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient.Mqtt5Publishes;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import dev.adze.agent.TestBundles;
import dev.adze.agent.decide.DecisionFixture;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.agent.wire.ProtoWriter;
import dev.adze.profiles.ForwardOptions;
import dev.adze.profiles.MqttOptions;
import dev.adze.profiles.SparkplugOptions;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run as a Sparkplug node at a real broker, read by Eclipse Tahu: needs Mosquitto (apt install mosquitto); skipped without. */
@Timeout(120)
class SparkplugTest {
    @TempDir
    Path folder;
    private final SparkplugHost host = new SparkplugHost("plant 3/seven");
    private Mqtt5BlockingClient listener;
    private Mqtt5Publishes publishes;

    private static Mqtt5BlockingClient client(String id, int port) {
        return Mqtt5Client.builder().identifier(id).serverHost("127.0.0.1").serverPort(port).buildBlocking();
    }

    private MqttReport open(int port) {
        return open(port, Optional.empty());
    }

    private MqttReport open(int port, Optional<String> primaryHost) {
        var options = new MqttOptions(URI.create("mqtt://127.0.0.1:" + port), "adze-seven", "adze/seven", Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), true, 30, 16, Optional.of(new SparkplugOptions("plant 3", "seven", primaryHost)));
        var run = new RunInfo("0.1.0", "seven", "m.adze", "m", "int8", "scalar", 1,
                TestBundles.task(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 4, 100, 2), List.of(new ChannelInfo("oil", "bar")), List.of("host:x"));
        return MqttReport.open(options, new ForwardOptions(folder.resolve("waiting"), 1_000_000, Duration.ofMillis(5)), run, List.of("hot"));
    }

    private static ReadingBuffer readings(double value) {
        var readings = new ReadingBuffer(1);
        if (Double.isNaN(value)) {
            readings.missing(0, "no answer");
        } else {
            readings.ok(0, value);
        }
        return readings;
    }

    private void listen(int port) {
        listener = client("host", port);
        listener.connect();
        publishes = listener.publishes(MqttGlobalPublishFilter.ALL);
        listener.subscribeWith().topicFilter("spBv1.0/#").qos(MqttQos.EXACTLY_ONCE).send();
    }

    private void await(BooleanSupplier condition) throws Exception {
        while (!condition.getAsBoolean()) {
            var p = publishes.receive(30, TimeUnit.SECONDS).orElseThrow(() -> new AssertionError("nothing for 30 s"));
            host.take(p.getTopic().toString(), p.getPayloadAsBytes(), p.getQos().getCode(), p.isRetain());
        }
    }

    private void command(String metric, boolean value) {
        byte[] payload = new ProtoWriter().number(1, 5).message(2, new ProtoWriter().string(1, metric).number(4, 11).number(14, value ? 1 : 0)).toBytes();
        listener.publishWith().topic("spBv1.0/plant 3/NCMD/seven").qos(MqttQos.AT_MOST_ONCE).payload(payload).send();
    }

    @Test
    void aHostFollowsANodeFromBirthToDeath() throws Exception {
        assumeTrue(Mosquitto.program("mosquitto").isPresent(), "no mosquitto on this machine: apt install mosquitto");
        try (var broker = Mosquitto.start(folder, "allow_anonymous true")) {
            listen(broker.port);
            MqttReport report = open(broker.port);
            await(() -> host.births.size() == 1);
            assertEquals(0, host.bdSeq);
            var birth = host.births.getFirst();
            assertEquals("m.adze", birth.get("Properties/Bundle").getValue());
            assertNull(birth.get("Outputs/out1").getValue());
            assertEquals("%", birth.get("Outputs/out1").getProperties().getPropertyValue("engUnit").getValue());
            assertEquals(false, birth.get("Alarms/hot/Raised").getValue());
            report.started(5);
            for (int i = 0; i < 300; i++) {
                report.decided(DecisionFixture.make(i, 1_000 + i, i >= 4, 0, new float[] {1 / (1f + i), 2}, 1, 1, 1, 1, 1),
                        readings(i == 7 ? Double.NaN : 3.5 * i));
            }
            report.alarm("hot", true, "out0", 81.5, 1_300);
            await(() -> host.now.get("Alarms/hot/Raised").equals(true));
            List<Object> outputs = host.values("Outputs/out0");
            assertEquals(300, outputs.size());
            for (int i = 0; i < 300; i++) {
                assertEquals(1 / (1f + i), outputs.get(i));
            }
            assertEquals(List.of(2f), host.values("Outputs/out1"), "told once, as it did not change");
            assertEquals(List.of(false, true), host.values("Decision/Warm"));
            assertNull(host.values("Inputs/oil").get(7));
            assertEquals(302L, host.now.get("Report/Number"));
            assertTrue(host.data.stream().noneMatch(SparkplugHost.Value::historical));
            assertTrue(host.data.stream().anyMatch(v -> v.name().equals("Outputs/out0") && v.time() == 1_299));

            command("Node Control/Something", true);
            command("Node Control/Rebirth", false);
            command("Node Control/Rebirth", true);
            await(() -> host.births.size() == 2);
            assertEquals(0, host.bdSeq, "the connection is the same");
            assertEquals(81.5, host.now.get("Alarms/hot/Value"));
            assertEquals(1 / 300f, host.now.get("Outputs/out0"));
            report.decided(DecisionFixture.make(300, 1_400, true, 0, new float[] {0.5f, 2}, 1, 1, 1, 1, 1), readings(1));
            await(() -> host.now.get("Outputs/out0").equals(0.5f));

            // Another client of the name: the broker ends the node's connection and publishes its will.
            Mqtt5BlockingClient rival = client("adze-seven", broker.port);
            rival.connect();
            await(() -> host.births.size() == 3);
            assertEquals(List.of(0), host.deaths);
            assertEquals(1, host.bdSeq);
            report.close();
            await(() -> host.deaths.size() == 2);
            assertEquals(List.of(0, 1), host.deaths);
            listener.disconnect();
        }
    }

    @Test
    void whatWaitedForTheBrokerIsHistoryAndTheBirthTellsThePresent() throws Exception {
        assumeTrue(Mosquitto.program("mosquitto").isPresent(), "no mosquitto on this machine: apt install mosquitto");
        int port;
        try (var broker = Mosquitto.start(folder, "allow_anonymous true")) {
            port = broker.port;
        }
        MqttReport before = open(port);
        for (int i = 0; i < 50; i++) {
            before.decided(DecisionFixture.make(i, 1_000 + i, true, 0, new float[] {i, 2}, 1, 1, 1, 1, 1), readings(i));
        }
        before.close();
        MqttReport report = open(port);
        for (int i = 50; i < 100; i++) {
            report.decided(DecisionFixture.make(i, 1_000 + i, true, 0, new float[] {i, 2}, 1, 1, 1, 1, 1), readings(i));
        }
        report.alarm("hot", true, "out0", 99, 1_100);
        // The node reaches the broker when the host listens already: else it might be born unheard.
        try (var broker = Mosquitto.start(folder, "allow_anonymous true")) {
            listen(broker.port);
            var way = forward(port, broker.port);
            await(() -> host.values("Outputs/out0").size() >= 100 && host.values("Alarms/hot/Raised").size() >= 1);
            assertEquals(true, host.births.getFirst().get("Alarms/hot/Raised").getValue(), "as it is, not as it was");
            assertEquals(99f, host.births.getFirst().get("Outputs/out0").getValue());
            assertTrue(host.data.stream().allMatch(SparkplugHost.Value::historical));
            List<Object> outputs = host.values("Outputs/out0");
            for (int i = 0; i < 100; i++) {
                assertEquals((float) i, outputs.get(i));
            }
            report.decided(DecisionFixture.make(100, 1_200, true, 0, new float[] {100, 2}, 1, 1, 1, 1, 1), readings(100));
            await(() -> host.now.get("Outputs/out0").equals(100f));
            assertFalse(host.data.getLast().historical());
            report.close();
            await(() -> host.deaths.size() == 2);
            assertEquals(host.bdSeq, host.deaths.getLast());
            listener.disconnect();
            way.close();
        }
    }

    /** Takes one port's connections to another one. */
    private static ServerSocket forward(int from, int to) throws IOException {
        var server = new ServerSocket(from, 9, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    Socket here = server.accept();
                    var there = new Socket(InetAddress.getLoopbackAddress(), to);
                    Thread.ofPlatform().daemon().start(() -> copy(here, there));
                    Thread.ofPlatform().daemon().start(() -> copy(there, here));
                }
            } catch (IOException e) {
                // Closed.
            }
        });
        return server;
    }

    private static void copy(Socket from, Socket to) {
        try (from; to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One side is gone: so is the other.
        }
    }

    /** How often the broker's own log tells of something. */
    private long told(String what) {
        try (var lines = Files.lines(folder.resolve("mosquitto.log"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains(what)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitTold(String what, long times) {
        while (told(what) < times) {
            Thread.onSpinWait();
        }
    }

    private void state(boolean online, long timestamp) {
        listener.publishWith().topic("spBv1.0/STATE/scada").qos(MqttQos.AT_LEAST_ONCE).retain(true)
                .payload(("{\"online\":" + online + ",\"timestamp\":" + timestamp + "}").getBytes(StandardCharsets.UTF_8)).send();
    }

    private void decide(MqttReport report, int from, int to) {
        for (int i = from; i < to; i++) {
            report.decided(DecisionFixture.make(i, 1_000 + i, true, 0, new float[] {i, 2}, 1, 1, 1, 1, 1), readings(i));
        }
    }

    @Test
    void aNodeWithAPrimaryHostIsBornWhenThatIsOnlineAndDiesAndKeepsItsReportsWhenItIsNot() throws Exception {
        assumeTrue(Mosquitto.program("mosquitto").isPresent(), "no mosquitto on this machine: apt install mosquitto");
        String waits = "Received UNSUBSCRIBE from adze-seven"; // the last that it asks before it waits
        try (var broker = Mosquitto.start(folder, "allow_anonymous true\nlog_type all")) {
            listen(broker.port);
            state(false, 100);
            MqttReport report = open(broker.port, Optional.of("scada"));
            awaitTold(waits, 1);
            decide(report, 0, 20);
            state(true, 99);
            state(true, 101);
            await(() -> host.births.size() == 1 && host.values("Outputs/out0").size() >= 20);
            assertEquals(List.of("false 100", "true 99", "true 101"), host.states, "the birth came after the host was online");
            assertEquals(0, host.bdSeq);
            assertTrue(host.data.stream().allMatch(SparkplugHost.Value::historical), "made before the birth");
            assertEquals(19f, host.births.getFirst().get("Outputs/out0").getValue());
            decide(report, 20, 21);
            await(() -> host.now.get("Outputs/out0").equals(20f));
            assertFalse(host.data.getLast().historical());

            state(false, 100); // a will of before, come late
            decide(report, 21, 22);
            await(() -> host.now.get("Outputs/out0").equals(21f));
            state(false, 102);
            await(() -> host.deaths.contains(0));
            awaitTold("Received SUBSCRIBE from adze-seven", 4); // commands and state, on two connections
            decide(report, 22, 40);
            int before = host.data.size();
            state(true, 103);
            await(() -> host.births.size() == 2 && host.values("Outputs/out0").contains(39f));
            assertEquals(1, host.bdSeq);
            assertEquals(List.of(0), host.deaths.stream().distinct().toList());
            assertTrue(host.data.subList(before, host.data.size()).stream().allMatch(SparkplugHost.Value::historical));
            List<Object> distinct = host.values("Outputs/out0").stream().distinct().toList();
            assertEquals(IntStream.range(0, 40).mapToObj(i -> (Object) (float) i).toList(), distinct, "all of them, in order");
            report.close();
            await(() -> host.deaths.contains(1));
            listener.disconnect();
        }
    }

    @Test
    void aNodeWhosePrimaryHostNeverCameLeavesWithoutADeath() throws Exception {
        assumeTrue(Mosquitto.program("mosquitto").isPresent(), "no mosquitto on this machine: apt install mosquitto");
        try (var broker = Mosquitto.start(folder, "allow_anonymous true\nlog_type all")) {
            listen(broker.port);
            MqttReport report = open(broker.port, Optional.of("scada"));
            awaitTold("Received UNSUBSCRIBE from adze-seven", 1);
            decide(report, 0, 5);
            report.close();
            awaitTold("Received DISCONNECT from adze-seven", 1);
            state(true, 7);
            await(() -> host.states.size() == 1);
            assertEquals(List.of(), host.deaths);
            assertEquals(List.of(), host.births);

            MqttReport next = open(broker.port, Optional.of("scada"));
            await(() -> host.values("Outputs/out0").size() >= 5);
            assertTrue(host.data.stream().allMatch(SparkplugHost.Value::historical), "of the run before");
            next.close();
            listener.disconnect();
        }
    }
}
