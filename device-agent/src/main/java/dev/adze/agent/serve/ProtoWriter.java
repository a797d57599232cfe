package dev.adze.agent.serve;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a message of the protobuf wire format. */
final class ProtoWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

    private ProtoWriter varint(long value) {
        while ((value & ~0x7fL) != 0) {
            out.write((int) (value & 0x7f | 0x80));
            value >>>= 7;
        }
        out.write((int) value);
        return this;
    }

    ProtoWriter flag(int field, boolean value) {
        return value ? varint(field << 3).varint(1) : this;
    }

    ProtoWriter string(int field, String value) {
        return value.isEmpty() ? this : bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtoWriter bytes(int field, byte[] value) {
        varint(field << 3 | ProtoReader.BYTES).varint(value.length);
        out.writeBytes(value);
        return this;
    }

    ProtoWriter message(int field, ProtoWriter message) {
        return bytes(field, message.toBytes());
    }

    ProtoWriter packed(int field, long[] values) {
        var packed = new ProtoWriter();
        for (long value : values) {
            packed.varint(value);
        }
        return bytes(field, packed.toBytes());
    }

    /** Little endian, as packed floats and as raw contents. */
    static byte[] floats(float[] values) {
        byte[] bytes = new byte[4 * values.length];
        for (int i = 0; i < values.length; i++) {
            int bits = Float.floatToRawIntBits(values[i]);
            for (int b = 0; b < 4; b++) {
                bytes[4 * i + b] = (byte) (bits >>> 8 * b);
            }
        }
        return bytes;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
