package dev.adze.agent.mqtt;

import dev.adze.agent.wire.ProtoWriter;
import java.nio.charset.StandardCharsets;

/** Those of Sparkplug's data types that the agent uses, with their numbers and the fields of their values. */
enum MetricType {
    INT64(4) {
        @Override
        void write(ProtoWriter metric, String value) {
            metric.number(11, Long.parseLong(value));
        }
    },
    FLOAT(9) {
        @Override
        void write(ProtoWriter metric, String value) {
            metric.float32(12, Float.parseFloat(value));
        }
    },
    DOUBLE(10) {
        @Override
        void write(ProtoWriter metric, String value) {
            metric.float64(13, Double.parseDouble(value));
        }
    },
    BOOLEAN(11) {
        @Override
        void write(ProtoWriter metric, String value) {
            metric.number(14, value.equals("1") ? 1 : 0);
        }
    },
    STRING(12) {
        @Override
        void write(ProtoWriter metric, String value) {
            metric.bytes(15, value.getBytes(StandardCharsets.UTF_8));
        }
    };

    final int number;

    MetricType(int number) {
        this.number = number;
    }

    /** @param value as it waits in the log */
    abstract void write(ProtoWriter metric, String value);

    /** A letter in the log. */
    char letter() {
        return name().charAt(0);
    }

    /** Null if there is none. */
    static MetricType of(char letter) {
        for (MetricType type : values()) {
            if (type.letter() == letter) {
                return type;
            }
        }
        return null;
    }
}
