package dev.adze.compress.export;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Encodes one Protocol Buffers message (the wire format of protobuf.dev/programming-guides/encoding): a field is the
 * varint {@code number << 3 | wireType}, then its value. Enough for ONNX, whose messages need three kinds of field;
 * generated classes would cost a code generator in the build and 100,000 lines for a dozen messages.
 */
final class ProtoWriter {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An int32, int64, bool or enum field. */
    ProtoWriter integer(int field, long value) {
        varint((long) field << 3 | VARINT);
        varint(value);
        return this;
    }

    ProtoWriter text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtoWriter message(int field, ProtoWriter value) {
        varint((long) field << 3 | LENGTH_DELIMITED);
        varint(value.out.size());
        out.writeBytes(value.out.toByteArray());
        return this;
    }

    ProtoWriter bytes(int field, byte[] value) {
        varint((long) field << 3 | LENGTH_DELIMITED);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    byte[] toByteArray() {
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
