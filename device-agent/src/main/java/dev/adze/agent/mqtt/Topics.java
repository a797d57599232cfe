package dev.adze.agent.mqtt;

import dev.adze.agent.forward.ForwardLog.Numbered;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Which topic a report goes to, and as what message; docs/agent-report-format.md has the list. */
final class Topics {
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

    Topics(String prefix, long log) {
        this.prefix = prefix;
        this.log = String.format("%016x", log);
    }

    record Message(String topic, byte[] payload) {}

    String status() {
        return prefix + "/status";
    }

    Message status(String json) {
        return new Message(status(), numbered(json.getBytes(StandardCharsets.UTF_8), 0, -1));
    }

    Message gap(String json) {
        return new Message(prefix + "/gap", numbered(json.getBytes(StandardCharsets.UTF_8), 0, -1));
    }

    Message message(Numbered numbered) {
        byte[] payload = numbered.report().payload();
        byte kind = numbered.report().kind();
        if (kind != ACTION) {
            // Of a newer version, kept over a downgrade: whoever listens may know it.
            String name = kind > 0 && kind < NAMES.length ? NAMES[kind] : "kind-" + kind;
            return new Message(prefix + "/" + name, numbered(payload, 0, numbered.number()));
        }
        int end = 0;
        while (payload[end] != '\n') {
            end++;
        }
        return new Message(new String(payload, 0, end, StandardCharsets.UTF_8), numbered(payload, end + 1, numbered.number()));
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
