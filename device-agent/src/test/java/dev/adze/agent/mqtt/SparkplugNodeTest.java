package dev.adze.agent.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.forward.Backoff;
import dev.adze.agent.forward.ForwardLog;
import dev.adze.agent.forward.Report;
import dev.adze.agent.state.MemoryFiles;
import dev.adze.agent.text.DecimalText;
import dev.adze.agent.wire.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a Sparkplug node says over links that end when a test wants it; payloads are read by Eclipse Tahu. */
@Timeout(60)
class SparkplugNodeTest {
    private final MemoryFiles files = new MemoryFiles();
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final MetricTable table = new MetricTable("this-run");
    private final SparkplugHost host = new SparkplugHost("g/n");
    private final List<Throwable> complaints = new ArrayList<>();
    private ForwardLog log;
    private MqttSender sender;
    private Link link;
    private int links;
    private boolean answers = true;
    private int mostBytes = Integer.MAX_VALUE;

    /** A broker that takes everything, and answers what it is asked if the test lets it. */
    private final class Link implements MqttLink {
        final List<Message> taken = new ArrayList<>();
        boolean connected = true;
        boolean withWill;
        Message will;
        Consumer<byte[]> listener;

        @Override
        public CompletableFuture<Void> connect(Message message) {
            will = message;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> publish(Message message) {
            synchronized (SparkplugNodeTest.this) {
                if (!connected) {
                    return CompletableFuture.failedFuture(new Failed("cut", null));
                }
                if (message.payload().length > mostBytes) {
                    return CompletableFuture.failedFuture(new Rejected("larger than the broker takes"));
                }
                taken.add(message);
                if (message.topic().startsWith("spBv1.0")) {
                    try {
                        host.take(message.topic(), message.payload(), message.acknowledged() ? 1 : 0, message.retained());
                    } catch (Exception | AssertionError e) {
                        complaints.add(e);
                    }
                }
                SparkplugNodeTest.this.notifyAll();
                return CompletableFuture.completedFuture(null);
            }
        }

        @Override
        public CompletableFuture<Void> subscribe(String topic, Consumer<byte[]> heard) {
            assertEquals("spBv1.0/g/NCMD/n", topic);
            listener = heard;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> reach(String topic) {
            synchronized (SparkplugNodeTest.this) {
                if (!answers) {
                    connected = false;
                    return CompletableFuture.failedFuture(new Failed("cut", null));
                }
                return CompletableFuture.completedFuture(null);
            }
        }

        @Override
        public boolean isConnected() {
            synchronized (SparkplugNodeTest.this) {
                return connected;
            }
        }

        @Override
        public void close(boolean will) {
            withWill = will;
        }

        @Override
        public void abort() {}
    }

    private void start() throws IOException {
        log = ForwardLog.open(files, 1 << 16, () -> 0xABCL);
        var node = new SparkplugNode("g", "n", "this-run", table, log.identity(), new BirthCounter(files), new Topics("unused", log.identity(), null),
                () -> 1_795_247_102_499L, Optional.empty());
        sender = new MqttSender(log, this::connect, node, new Backoff(1, 5, new Random(5)), new MqttSender.Limits(4, 5_000), "test broker",
                new PrintStream(console, true));
        sender.start();
    }

    private synchronized MqttLink connect() {
        links++;
        link = new Link();
        return link;
    }

    @AfterEach
    void nothingToComplainOf() throws InterruptedException {
        sender.close();
        assertEquals(List.of(), complaints);
    }

    private synchronized void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            wait(20);
        }
    }

    private void report(long time, double value) {
        synchronized (table) {
            var text = new DecimalText();
            table.begin(text).put(table.define("Outputs/y", MetricType.FLOAT, ""), value);
            append(time, text.toString());
        }
    }

    private void append(long time, String text) {
        assertEquals(1, log.append(List.of(new Report(Topics.DECISION, time, text.getBytes()))));
    }

    @Test
    void reportsAreDeliveredWhenTheBrokerAnswersBehindThemAndRepeatedWhenItDoesNot() throws Exception {
        table.define("Outputs/y", MetricType.FLOAT, "");
        answers = false;
        start();
        for (int i = 1; i <= 10; i++) {
            report(i, i);
        }
        int before = links;
        await(() -> links >= before + 2);
        assertEquals(0, log.status().acknowledged());
        assertTrue(host.values("Outputs/y").contains(4f), "some were sent");
        synchronized (this) {
            answers = true;
        }
        await(() -> log.status().acknowledged() == 10);
        List<Object> numbers = host.values("Report/Number");
        assertEquals(10, numbers.stream().distinct().count());
        assertEquals(10f, host.births.getLast().get("Outputs/y").getValue());
    }

    @Test
    void everyConnectionCountsOnFromTheLastOfTheRunBefore() throws Exception {
        files.write(BirthCounter.NAME, "254\n".getBytes());
        start();
        await(() -> host.births.size() == 1);
        assertEquals(255, host.bdSeq);
        assertEquals("spBv1.0/g/NDEATH/n", link.will.topic());
        assertFalse(link.will.retained());
        host.take(link.will.topic(), link.will.payload(), 1, false);
        assertEquals(List.of(255), host.deaths);
        synchronized (this) {
            link.connected = false;
        }
        await(() -> host.births.size() == 2);
        assertEquals(0, host.bdSeq);
        sender.close();
        assertTrue(link.withWill);
        assertEquals(List.of(255, 0), host.deaths);
        assertEquals("0\n", new String(files.read(BirthCounter.NAME).orElseThrow()));
        assertEquals(1, new BirthCounter(files).next());
    }

    @Test
    void aPowerCutAnywhereLeavesTheNumberOfAConnectionThatWasTried() throws Exception {
        start();
        var disk = new MemoryFiles();
        var counter = new BirthCounter(disk);
        int[] savedAfter = new int[4];
        for (int i = 0; i < 4; i++) {
            assertEquals(i, counter.next());
            savedAfter[i] = disk.operationCount();
        }
        int images = 0;
        for (int cut = 0; cut <= disk.operationCount(); cut++) {
            int sure = 0;
            while (sure < 4 && savedAfter[sure] <= cut) {
                sure++;
            }
            for (var image : disk.imagesAfter(cut)) {
                images++;
                int next = new BirthCounter(new MemoryFiles(image)).next();
                assertTrue(next == sure || next == sure + 1, "after " + cut + " operations " + next + " follows " + sure + " that were saved");
            }
        }
        assertTrue(images > 30, images + " images");
    }

    @Test
    void aReportOfAnotherRunWithOtherMetricsIsPrecededByABirthOfThem() throws Exception {
        table.set(table.define("Properties/Bundle", MetricType.STRING, ""), "new.adze");
        start();
        await(() -> host.births.size() == 1);
        append(77, "#\tearlier\t900\nF\tOutputs/old\t1.5\nS\tProperties/Bundle\told.adze\nB\tDecision/Warm\t\nD\tProperties/Bundle\t3\n");
        await(() -> host.data.size() >= 4);
        assertEquals(2, host.births.size());
        assertEquals("new.adze", host.now.get("Properties/Bundle"));
        assertEquals(null, host.now.get("Outputs/old"));
        assertEquals(List.of(1.5f), host.values("Outputs/old"));
        assertEquals(List.of("old.adze"), host.values("Properties/Bundle"));
        assertTrue(host.data.stream().allMatch(v -> v.historical() && v.time() == 77));
    }

    @Test
    void aReportThatCannotBeSentIsTold() throws Exception {
        start();
        await(() -> host.births.size() == 1);
        report(1, 1);
        await(() -> log.status().acknowledged() == 1);
        synchronized (this) {
            mostBytes = 600;
        }
        append(2, "#\tthis-run\t9\nS\tProperties/Long\t" + "x".repeat(700) + "\n");
        append(3, "#\tthis-run\tnine\n");
        report(4, 4);
        await(() -> log.status().acknowledged() == 4);
        assertEquals(3L, host.now.get("Report/Lost From"));
        assertEquals(3L, host.now.get("Report/Lost To"));
        assertEquals("of a form that this version does not know", host.now.get("Report/Lost Reason"));
        assertTrue(console.toString().contains("report 2 is left out: larger than the broker takes"), console.toString());
        assertEquals(4f, host.now.get("Outputs/y"));
    }

    private static byte[] rebirth() {
        return new ProtoWriter().number(1, 5).message(2, new ProtoWriter().string(1, SparkplugPayload.REBIRTH).number(4, 11).number(14, 1)).toBytes();
    }

    @Test
    void commandsOfAnyBytesAskForABirthOrForNothing() throws Exception {
        start();
        await(() -> host.births.size() == 1);
        assertTrue(SparkplugPayload.asksForRebirth(rebirth()));
        long seed = 11;
        var random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = rebirth();
            for (int k = random.nextInt(4); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            byte[] part = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            // Neither an exception nor, of a part, a birth.
            assertFalse(SparkplugPayload.asksForRebirth(part) && part.length < bytes.length - 2, "seed " + seed + ", case " + i);
            link.listener.accept(part);
        }
        int births = host.births.size();
        link.listener.accept(rebirth());
        await(() -> host.births.size() > births);
        assertEquals(1, links);
    }
}
