package dev.adze.agent.mqtt;

import dev.adze.agent.forward.ForwardLog.Numbered;
import dev.adze.agent.report.ReportText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** Reports as JSON, each kind to a topic of its own, with QoS 1; docs/agent-report-format.md has the list. */
final class Topics implements Dialect {
    static final byte START = 1;
    static final byte DECISION = 2;
    static final byte LATENCY = 3;
    static final byte ALARM = 4;
    static final byte STOP = 5;
    /** A message to a topic of its own, which is its first line. */
    static final byte ACTION = 6;
    static final byte DRIFT = 7;
    private static final String[] NAMES = {"", "start", "decision", "latency", "alarm", "stop", "", "drift"};

    private final String prefix;
    private final String log;
    private final ReportText text;

    Topics(String prefix, long log, ReportText text) {
        this.prefix = prefix;
        this.log = String.format("%016x", log);
        this.text = text;
    }

    @Override
    public Message will() {
        return status("offline", "lost");
    }

    @Override
    public CompletableFuture<Void> begin(MqttLink link) {
        return link.publish(status("online", "connected"));
    }

    @Override
    public CompletableFuture<Void> end(MqttLink link) {
        return link.publish(status("offline", "stopped"));
    }

    private Message status(String state, String reason) {
        String json = text.status(state, reason, System.currentTimeMillis()).toString();
        return new Message(prefix + "/status", numbered(json.getBytes(StandardCharsets.UTF_8), 0, -1), true, true);
    }

    @Override
    public CompletableFuture<Void> gap(MqttLink link, long from, long to, String reason) {
        String json = ReportText.gap(from, to, reason, System.currentTimeMillis()).toString();
        return link.publish(report(prefix + "/gap", numbered(json.getBytes(StandardCharsets.UTF_8), 0, -1)));
    }

    @Override
    public CompletableFuture<Void> send(MqttLink link, Numbered report) {
        return link.publish(message(report));
    }

    private static Message report(String topic, byte[] payload) {
        return new Message(topic, payload, true, false);
    }

    private Message message(Numbered numbered) {
        byte[] payload = numbered.report().payload();
        byte kind = numbered.report().kind();
        if (kind != ACTION) {
            // Of a newer version, kept over a downgrade: whoever listens may know it.
            String name = kind > 0 && kind < NAMES.length ? NAMES[kind] : "kind-" + kind;
            return report(prefix + "/" + name, numbered(payload, 0, numbered.number()));
        }
        return action(numbered);
    }

    /** An alarm's message to the topic that its profile names. */
    Message action(Numbered numbered) {
        byte[] payload = numbered.report().payload();
        int end = 0;
        while (payload[end] != '\n') {
            end++;
        }
        return report(new String(payload, 0, end, StandardCharsets.UTF_8), numbered(payload, end + 1, numbered.number()));
    }

    /** Puts log and number first into the JSON object that begins there, and takes the line feed off its end. */
    private byte[] numbered(byte[] json, int from, long number) {
        String head = "{\"log\":\"" + log + "\"," + (number < 0 ? "" : "\"seq\":" + number + ",");
        byte[] first = head.getBytes(StandardCharsets.US_ASCII);
        int end = json.length - (json[json.length - 1] == '\n' ? 1 : 0);
        byte[] whole = Arrays.copyOf(first, first.length + end - from - 1);
        System.arraycopy(json, from + 1, whole, first.length, end - from - 1);
        return whole;
    }
}
