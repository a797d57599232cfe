package dev.adze.compress.proto;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Encodes one Protocol Buffers message (the wire format of protobuf.dev/programming-guides/encoding): a field is the
 * varint {@code number << 3 | wireType}, then its value. Enough for ONNX models and event files;
 * generated classes would cost a code generator in the build and 100,000 lines for a dozen messages.
 */
public final class ProtoWriter {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An int32, int64, bool or enum field. */
    public ProtoWriter integer(int field, long value) {
        varint((long) field << 3 | VARINT);
        varint(value);
        return this;
    }

    /** A float field. */
    public ProtoWriter fixed32(int field, float value) {
        varint((long) field << 3 | FIXED32);
        little(Integer.toUnsignedLong(Float.floatToRawIntBits(value)), Integer.BYTES);
        return this;
    }

    /** A double field. */
    public ProtoWriter fixed64(int field, double value) {
        varint((long) field << 3 | FIXED64);
        little(Double.doubleToRawLongBits(value), Long.BYTES);
        return this;
    }

    private void little(long bits, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (bits >>> 8 * i));
        }
    }

    public ProtoWriter text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    public ProtoWriter message(int field, ProtoWriter value) {
        varint((long) field << 3 | LENGTH_DELIMITED);
        varint(value.out.size());
        out.writeBytes(value.out.toByteArray());
        return this;
    }

    public ProtoWriter bytes(int field, byte[] value) {
        varint((long) field << 3 | LENGTH_DELIMITED);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    public byte[] toByteArray() {
        return out.toByteArray();
    }

    private void varint(long value) {
        while ((value & ~0x7FL) != 0) {
            out.write((int) (value & 0x7F | 0x80));
            value >>>= 7;
        }
        out.write((int) value);
    }
}
