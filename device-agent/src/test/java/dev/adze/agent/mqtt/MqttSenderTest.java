package dev.adze.agent.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.TestBundles;
import dev.adze.agent.forward.Backoff;
import dev.adze.agent.forward.ForwardLog;
import dev.adze.agent.forward.Report;
import dev.adze.agent.report.ReportText;
import dev.adze.agent.report.RunInfo;
import dev.adze.agent.state.MemoryFiles;
import dev.adze.profiles.MqttOptions;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The sender and the real client against a broker that misbehaves to order. */
@Timeout(60)
class MqttSenderTest {
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final MemoryFiles files = new MemoryFiles();
    private FakeBroker broker;
    private ForwardLog log;
    private MqttSender sender;
    private int appended;

    @BeforeEach
    void open() throws IOException {
        broker = new FakeBroker(0);
        log = ForwardLog.open(files, 1 << 16, () -> 0xABCL);
    }

    @AfterEach
    void close() throws Exception {
        if (sender != null) {
            broker.order(() -> {
                broker.acknowledges = true;
                broker.holds = false;
            });
            sender.close();
        }
        broker.close();
    }

    private void start(int inFlight, long acknowledgeMillis) {
        start(broker.port(), inFlight, acknowledgeMillis);
    }

    private void start(int port, int inFlight, long acknowledgeMillis) {
        var options = new MqttOptions(URI.create("mqtt://127.0.0.1:" + port), "adze-test", "adze/test", Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), false, 30, inFlight, Optional.empty());
        var run = new RunInfo("0.1.0", "test", "m.adze", "m", "int8", "scalar", 1,
                TestBundles.task(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 4, 100, 1), List.of(), List.of());
        sender = new MqttSender(log, () -> new HiveMqttLink(options), new Topics("adze/test", log.identity(), new ReportText(run, false)),
                new Backoff(1, 20, new Random(5)), new MqttSender.Limits(inFlight, acknowledgeMillis), "test broker",
                new PrintStream(console, true));
        sender.start();
    }

    private void append(int count) {
        var reports = new ArrayList<Report>();
        for (int i = 0; i < count; i++) {
            appended++;
            reports.add(report("{\"type\":\"decision\",\"n\":" + appended + "}\n"));
        }
        assertEquals(count, log.append(reports));
    }

    private static Report report(String json) {
        return new Report(Topics.DECISION, 7, json.getBytes(StandardCharsets.UTF_8));
    }

    private List<Integer> numbers() {
        return broker.on("adze/test/decision").stream().map(m -> JsonMapper.shared().readTree(m.payload()).get("seq").asInt()).toList();
    }

    private void awaitNumber(int last) throws InterruptedException {
        broker.await(() -> numbers().contains(last));
    }

    private static List<Integer> range(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void reportsArriveInOrderBetweenBirthAndDeath() throws Exception {
        append(100);
        start(8, 30_000);
        awaitNumber(100);
        append(50);
        sender.close();
        broker.await(() -> broker.goodByes == 1);
        assertEquals(range(150), numbers());
        JsonNode first = JsonMapper.shared().readTree(broker.on("adze/test/decision").getFirst().payload());
        assertEquals("0000000000000abc", first.get("log").asString());
        assertEquals(1, first.get("n").asInt());
        List<FakeBroker.Message> status = broker.on("adze/test/status");
        assertEquals(2, status.size());
        assertTrue(status.stream().allMatch(FakeBroker.Message::retained));
        assertEquals(List.of("online", "offline"), status.stream().map(m -> JsonMapper.shared().readTree(m.payload()).get("state").asString()).toList());
        assertEquals("stopped", JsonMapper.shared().readTree(status.getLast().payload()).get("reason").asString());
        FakeBroker.Message will = broker.wills.getFirst();
        assertEquals("adze/test/status", will.topic());
        assertTrue(will.retained());
        assertEquals("lost", JsonMapper.shared().readTree(will.payload()).get("reason").asString());
        assertEquals(150, log.status().acknowledged());
        assertEquals("", console.toString());
    }

    @Test
    void aBrokerThatIsDownGetsEverythingWhenItIsUpAgain() throws Exception {
        int port = broker.port();
        broker.close();
        append(20);
        start(port, 8, 30_000);
        while (!console.toString().contains("warning: reports wait")) {
            Thread.onSpinWait();
        }
        append(20);
        broker = new FakeBroker(port);
        awaitNumber(40);
        assertEquals(range(40), numbers());
        sender.close();
        assertEquals(2, console.toString().lines().count(), "one line for the outage, one for its end: " + console);
    }

    @Test
    void aBrokerThatRefusesIsAskedAgain() throws Exception {
        broker.connectReason = 0x87;
        append(5);
        start(8, 30_000);
        broker.await(() -> broker.connections >= 4);
        broker.order(() -> broker.connectReason = 0);
        awaitNumber(5);
        assertEquals(range(5), numbers());
        assertTrue(console.toString().contains("the broker refuses the connection: not authorized"), console.toString());
    }

    @Test
    void aBrokerThatDropsTheConnectionGetsEveryReportAtLeastOnce() throws Exception {
        broker.closeAfter = 7;
        append(60);
        start(4, 30_000);
        awaitNumber(60);
        assertEquals(range(60), numbers().stream().distinct().sorted().toList());
        assertTrue(broker.connections >= 8, broker.connections + " connections");
        // Repeated ones are those in flight at a loss, no more.
        assertTrue(numbers().size() <= 60 + 4 * broker.connections, numbers().size() + " messages");
    }

    @Test
    void aBrokerThatAnswersNothingIsLeftAndTriedAgain() throws Exception {
        broker.acknowledges = false;
        append(10);
        start(4, 200);
        broker.await(() -> broker.connections >= 3);
        assertEquals(0, log.status().acknowledged());
        broker.order(() -> broker.answersConnect = false);
        int before = broker.connections;
        broker.await(() -> broker.connections >= before + 2);
        broker.order(() -> {
            broker.answersConnect = true;
            broker.acknowledges = true;
        });
        awaitNumber(10);
        assertEquals(range(10), numbers().stream().distinct().sorted().toList());
        assertTrue(console.toString().contains("no answer within 200 ms"), console.toString());
    }

    @Test
    void aSlowBrokerHasNoMoreInFlightThanAllowed() throws Exception {
        append(100);
        start(8, 30_000);
        broker.await(() -> !broker.on("adze/test/status").isEmpty());
        broker.order(() -> broker.holds = true);
        append(100);
        while (log.status().acknowledged() < 200) {
            if (broker.release() == 0) {
                Thread.onSpinWait();
            }
        }
        assertEquals(range(200), numbers());
        assertTrue(broker.mostWaiting <= 8, broker.mostWaiting + " in flight");
    }

    @Test
    void aReportThatTheBrokerWillNeverTakeIsAGapAndHoldsUpNoOther() throws Exception {
        broker.mostPacketBytes = 600;
        broker.publishReason = 0x99;
        broker.refusedTopic = "/alarm";
        append(3);
        log.append(List.of(report("{\"long\":\"" + "x".repeat(1000) + "\"}\n"), new Report(Topics.ALARM, 7, "{\"type\":\"alarm\"}\n".getBytes())));
        appended += 2;
        append(3);
        start(4, 30_000);
        awaitNumber(8);
        broker.await(() -> broker.on("adze/test/gap").size() == 2);
        assertEquals(List.of(1, 2, 3, 6, 7, 8), numbers());
        List<JsonNode> gaps = broker.on("adze/test/gap").stream().map(m -> JsonMapper.shared().readTree(m.payload())).toList();
        assertEquals(List.of(4L, 5L), gaps.stream().map(g -> g.get("from").asLong()).toList());
        assertEquals(List.of("larger than the broker takes", "refused by the broker: payload format invalid"),
                gaps.stream().map(g -> g.get("reason").asString()).toList());
        sender.close();
        assertEquals(8, log.status().acknowledged());
    }

    @Test
    void whatAFullLogLostIsToldInItsPlace() throws Exception {
        append(1500);
        assertTrue(log.status().evicted() > 100, log.status().toString());
        start(32, 30_000);
        awaitNumber(1500);
        JsonNode gap = JsonMapper.shared().readTree(broker.on("adze/test/gap").getFirst().payload());
        assertEquals(1, gap.get("from").asLong());
        assertEquals(log.status().evicted(), gap.get("to").asLong());
        assertEquals(gap.get("to").asInt() + 1, numbers().getFirst());
        assertEquals(1500 - gap.get("to").asInt(), numbers().size());
    }

    @Test
    void anActionGoesToItsOwnTopic() throws Exception {
        log.append(List.of(new Report(Topics.ACTION, 7, "plant/hot\n{\"alarm\":\"hot\"}".getBytes())));
        start(4, 30_000);
        broker.await(() -> !broker.on("plant/hot").isEmpty());
        assertEquals("{\"log\":\"0000000000000abc\",\"seq\":1,\"alarm\":\"hot\"}", broker.on("plant/hot").getFirst().payload());
    }
}
