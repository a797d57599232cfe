package dev.adze.agent.serve;

import dev.adze.agent.serve.Refusal.Why;
import java.nio.charset.StandardCharsets;

/** Reads a message of the protobuf wire format (protobuf.dev/programming-guides/encoding), trusting nothing in it. */
final class ProtoReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int wire;

    ProtoReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private ProtoReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** Number of the next field, 0 at the end. */
    int next() throws Refusal {
        if (at == end) {
            return 0;
        }
        long tag = varint();
        wire = (int) (tag & 7);
        long field = tag >>> 3;
        if (field < 1 || field > 0x1fffffff) {
            throw bad("a field's number");
        }
        return (int) field;
    }

    private static Refusal bad(String what) {
        return new Refusal(Why.INVALID, "the message is not in the protobuf format: " + what);
    }

    /** Whether the field is a length and bytes: a string, a message, packed numbers. */
    boolean isBytes() {
        return wire == BYTES;
    }

    long varint() throws Refusal {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == end) {
                throw bad("it ends within a number");
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw bad("a number of more than ten bytes");
    }

    long number() throws Refusal {
        require(VARINT);
        return varint();
    }

    private void require(int wanted) throws Refusal {
        if (wire != wanted) {
            throw bad("a field of another type than its message says");
        }
    }

    private int length() throws Refusal {
        require(BYTES);
        long length = varint();
        if (length < 0 || length > end - at) {
            throw bad("a field longer than the message");
        }
        return (int) length;
    }

    String string() throws Refusal {
        int length = length();
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    ProtoReader message() throws Refusal {
        int length = length();
        at += length;
        return new ProtoReader(bytes, at - length, at);
    }

    int remaining() {
        return end - at;
    }

    float float32() throws Refusal {
        if (end - at < 4) {
            throw bad("it ends within a number");
        }
        at += 4;
        return Float.intBitsToFloat((bytes[at - 4] & 0xff) | (bytes[at - 3] & 0xff) << 8 | (bytes[at - 2] & 0xff) << 16 | bytes[at - 1] << 24);
    }

    float singleFloat() throws Refusal {
        require(FIXED32);
        return float32();
    }

    void skip() throws Refusal {
        int length = switch (wire) {
            case VARINT -> {
                varint();
                yield 0;
            }
            case FIXED64 -> 8;
            case BYTES -> length();
            case FIXED32 -> 4;
            default -> throw bad("a group");
        };
        if (length > end - at) {
            throw bad("it ends within a field");
        }
        at += length;
    }
}
