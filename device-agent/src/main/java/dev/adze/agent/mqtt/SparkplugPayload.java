package dev.adze.agent.mqtt;

import dev.adze.agent.mqtt.MetricTable.Known;
import dev.adze.agent.wire.ProtoFields;
import dev.adze.agent.wire.ProtoWriter;
import java.io.IOException;
import java.util.List;

/** Payloads of Sparkplug B 3.0 (sparkplug.eclipse.org, chapter 6), in the protobuf wire format. */
final class SparkplugPayload {
    static final String SEQUENCE = "bdSeq";
    static final String REBIRTH = "Node Control/Rebirth";

    private SparkplugPayload() {}

    /**
     * A change of a metric.
     *
     * @param value as it waits in the log; empty for none
     */
    record Change(int alias, MetricType type, String value) {}

    /** Says that an edge node is gone, or will be once its connection is. */
    static byte[] death(int birthOrDeath, long epochMillis) {
        return new ProtoWriter().number(1, epochMillis).message(2, sequence(birthOrDeath, epochMillis)).toBytes();
    }

    private static ProtoWriter sequence(int birthOrDeath, long epochMillis) {
        return new ProtoWriter().string(1, SEQUENCE).number(3, epochMillis).number(4, MetricType.INT64.number).number(11, birthOrDeath);
    }

    /** Says that an edge node is there, and all its metrics. */
    static byte[] birth(int birthOrDeath, List<Known> metrics, long epochMillis) {
        var payload = new ProtoWriter().number(1, epochMillis);
        payload.message(2, sequence(birthOrDeath, epochMillis).number(2, metrics.size() + 1));
        payload.message(2, new ProtoWriter().string(1, REBIRTH).number(3, epochMillis).number(4, MetricType.BOOLEAN.number).number(14, 0));
        for (Known known : metrics) {
            var metric = new ProtoWriter().string(1, known.name()).number(2, known.alias()).number(3, epochMillis).number(4, known.type().number);
            if (!known.unit().isEmpty()) {
                var unit = new ProtoWriter().number(1, MetricType.STRING.number).string(8, known.unit());
                metric.message(9, new ProtoWriter().string(1, "engUnit").message(2, unit));
            }
            payload.message(2, value(metric, known.type(), known.value()));
        }
        return payload.number(3, 0).toBytes();
    }

    private static ProtoWriter value(ProtoWriter metric, MetricType type, String value) {
        if (value == null || value.isEmpty() && type != MetricType.STRING) {
            return metric.flag(7, true);
        }
        type.write(metric, value);
        return metric;
    }

    /**
     * @param historical whether the values are older than those of the birth, and no longer what is
     * @param measured   when they were
     * @param sequence   0 to 255
     */
    static byte[] data(List<Change> changes, boolean historical, long measured, int sequence, long epochMillis) {
        var payload = new ProtoWriter().number(1, epochMillis);
        for (Change change : changes) {
            var metric = new ProtoWriter().number(2, change.alias()).number(3, measured).flag(5, historical);
            payload.message(2, value(metric, change.type(), change.value()));
        }
        return payload.number(3, sequence).toBytes();
    }

    /** Whether a command asks for another birth; false of what is no payload. */
    static boolean asksForRebirth(byte[] command) {
        try {
            var fields = new ProtoFields(command);
            while (fields.next()) {
                if (fields.number() == 2 && fields.isBytes() && isRebirth(fields.message())) {
                    return true;
                }
            }
        } catch (IOException e) {
            // Nothing that can be answered: commands have no reply.
        }
        return false;
    }

    private static boolean isRebirth(ProtoFields metric) throws IOException {
        boolean named = false;
        boolean wanted = false;
        while (metric.next()) {
            if (metric.number() == 1 && metric.isBytes()) {
                named = metric.string().equals(REBIRTH);
            } else if (metric.number() == 14 && !metric.isBytes()) {
                wanted = metric.value() != 0;
            }
        }
        return named && wanted;
    }
}
