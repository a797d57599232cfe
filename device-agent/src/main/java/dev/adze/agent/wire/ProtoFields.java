package dev.adze.agent.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Walks through the fields of a message of the protobuf wire format (protobuf.dev/programming-guides/encoding), trusting nothing in
 * it: whatever is no message ends in an {@link IOException}.
 */
public final class ProtoFields {
    private final byte[] bytes;
    private final int end;
    private int at;
    private int number;
    private boolean isBytes;
    private long value;
    private int from;

    public ProtoFields(byte[] message) {
        this(message, 0, message.length);
    }

    private ProtoFields(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Goes to the next field; false at the end. */
    public boolean next() throws IOException {
        if (at == end) {
            return false;
        }
        long tag = varint();
        if (tag >>> 3 < 1 || tag >>> 3 > 0x1fffffff) {
            throw new IOException("a field's number");
        }
        number = (int) (tag >>> 3);
        isBytes = (tag & 7) == 2;
        switch ((int) (tag & 7)) {
            case 0 -> value = varint();
            case 1 -> value = fixed(8);
            case 2 -> {
                long length = varint();
                if (length < 0 || length > end - at) {
                    throw new IOException("a field longer than the message");
                }
                from = at;
                at += (int) length;
            }
            case 5 -> value = fixed(4);
            default -> throw new IOException("a group");
        }
        return true;
    }

    private long varint() throws IOException {
        long result = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (at == end) {
                throw new IOException("it ends within a number");
            }
            byte b = bytes[at++];
            result |= shift < 64 ? (long) (b & 0x7f) << shift : 0;
            if (b >= 0) {
                return result;
            }
        }
        throw new IOException("a number of more than ten bytes");
    }

    private long fixed(int length) throws IOException {
        if (length > end - at) {
            throw new IOException("it ends within a number");
        }
        long result = 0;
        for (int i = 0; i < length; i++) {
            result |= (bytes[at++] & 0xffL) << 8 * i;
        }
        return result;
    }

    public int number() {
        return number;
    }

    /** Whether the field is a text, bytes, a message or packed numbers; else it is a {@link #value}. */
    public boolean isBytes() {
        return isBytes;
    }

    public long value() {
        return value;
    }

    public String string() {
        return new String(bytes, from, at - from, StandardCharsets.UTF_8);
    }

    public ProtoFields message() {
        return new ProtoFields(bytes, from, at);
    }
}
