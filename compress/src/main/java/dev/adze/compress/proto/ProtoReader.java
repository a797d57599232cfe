package dev.adze.compress.proto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;

/** Walks the fields of one Protocol Buffers message; the counterpart of {@link ProtoWriter}. */
public final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer bytes;
    private int field;
    private ByteBuffer content;
    private long number;

    public ProtoReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Moves to the next field. @throws IllegalArgumentException if the message is malformed */
    public boolean next() {
        if (!bytes.hasRemaining()) {
            return false;
        }
        long key = varint();
        field = (int) (key >>> 3);
        content = null;
        switch ((int) (key & 7)) {
            case VARINT -> number = varint();
            case FIXED64 -> skip(Long.BYTES);
            case FIXED32 -> skip(Integer.BYTES);
            case LENGTH_DELIMITED -> {
                long length = varint();
                if (length < 0 || length > bytes.remaining()) {
                    throw new IllegalArgumentException("a field of " + length + " bytes");
                }
                content = bytes.slice(bytes.position(), (int) length);
                skip((int) length);
            }
            default -> throw new IllegalArgumentException("wire type " + (key & 7));
        }
        return true;
    }

    public int field() {
        return field;
    }

    /** The current field as a message; it must be length-delimited. */
    public ProtoReader message() {
        if (content == null) {
            throw new IllegalArgumentException("field " + field + " is no message");
        }
        return new ProtoReader(content.duplicate());
    }

    /** The current field as numbers: one, or a packed list of them. */
    public long[] numbers() {
        if (content == null) {
            return new long[] {number};
        }
        ProtoReader list = message();
        var all = LongStream.builder();
        while (list.bytes.hasRemaining()) {
            all.add(list.varint());
        }
        return all.build().toArray();
    }

    public String text() {
        return StandardCharsets.UTF_8.decode(message().bytes).toString();
    }

    private void skip(int count) {
        if (count > bytes.remaining()) {
            throw new IllegalArgumentException("the message is cut off");
        }
        bytes.position(bytes.position() + count);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!bytes.hasRemaining()) {
                throw new IllegalArgumentException("the message is cut off");
            }
            byte next = bytes.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 64 bits");
    }
}
