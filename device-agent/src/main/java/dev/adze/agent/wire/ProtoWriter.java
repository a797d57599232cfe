package dev.adze.agent.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a message of the protobuf wire format (protobuf.dev/programming-guides/encoding). A number that is 0, or a text that
 * is empty, is left out by those methods only that say so.
 */
public final class ProtoWriter {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

    private ProtoWriter varint(long value) {
        while ((value & ~0x7fL) != 0) {
            out.write((int) (value & 0x7f | 0x80));
            value >>>= 7;
        }
        out.write((int) value);
        return this;
    }

    /** Of the types int32, int64, uint32, uint64 and enumerations; 0 is written too. */
    public ProtoWriter number(int field, long value) {
        return varint((long) field << 3 | VARINT).varint(value);
    }

    /** Of the types sint32 and sint64. */
    public ProtoWriter zigzag(int field, long value) {
        return number(field, value << 1 ^ value >> 63);
    }

    /** Of the types fixed64 and sfixed64; 0 is written too. */
    public ProtoWriter fixed64(int field, long value) {
        varint((long) field << 3 | FIXED64);
        for (int b = 0; b < 64; b += 8) {
            out.write((int) (value >>> b));
        }
        return this;
    }

    /** 0 is written too. */
    public ProtoWriter float64(int field, double value) {
        return fixed64(field, Double.doubleToRawLongBits(value));
    }

    /** Of the type float; 0 is written too. */
    public ProtoWriter float32(int field, float value) {
        varint((long) field << 3 | FIXED32);
        int bits = Float.floatToRawIntBits(value);
        for (int b = 0; b < 32; b += 8) {
            out.write(bits >>> b);
        }
        return this;
    }

    /** Left out if it is false. */
    public ProtoWriter flag(int field, boolean value) {
        return value ? varint(field << 3).varint(1) : this;
    }

    /** Left out if it is empty. */
    public ProtoWriter string(int field, String value) {
        return value.isEmpty() ? this : bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    public ProtoWriter bytes(int field, byte[] value) {
        varint(field << 3 | BYTES).varint(value.length);
        out.writeBytes(value);
        return this;
    }

    public ProtoWriter message(int field, ProtoWriter message) {
        return bytes(field, message.toBytes());
    }

    public ProtoWriter packed(int field, long[] values) {
        var packed = new ProtoWriter();
        for (long value : values) {
            packed.varint(value);
        }
        return bytes(field, packed.toBytes());
    }

    /** Little endian, as packed floats and as raw contents. */
    public static byte[] floats(float[] values) {
        byte[] bytes = new byte[4 * values.length];
        for (int i = 0; i < values.length; i++) {
            int bits = Float.floatToRawIntBits(values[i]);
            for (int b = 0; b < 4; b++) {
                bytes[4 * i + b] = (byte) (bits >>> 8 * b);
            }
        }
        return bytes;
    }

    public byte[] toBytes() {
        return out.toByteArray();
    }
}
