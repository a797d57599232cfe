package dev.adze.agent.otlp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A protobuf message by the encoding's specification alone: fields in their order, knowing nothing of any schema. */
public final class WireFields {
    private record Field(int number, int type, long bits, byte[] bytes) {}

    private final List<Field> fields = new ArrayList<>();

    public WireFields(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long tag = varint(in);
            int type = (int) (tag & 7);
            byte[] bytes = {};
            long bits = 0;
            switch (type) {
                case 0 -> bits = varint(in);
                case 1 -> bits = in.getLong();
                case 2 -> in.get(bytes = new byte[Math.toIntExact(varint(in))]);
                case 5 -> bits = in.getInt();
                default -> throw new AssertionError("wire type " + type);
            }
            fields.add(new Field(Math.toIntExact(tag >>> 3), type, bits, bytes));
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        int shift = 0;
        byte b;
        do {
            b = in.get();
            value |= (long) (b & 0x7f) << shift;
            shift += 7;
        } while (b < 0);
        return value;
    }

    private List<Field> all(int number, int type) {
        List<Field> found = fields.stream().filter(f -> f.number() == number).toList();
        found.forEach(f -> {
            if (f.type() != type) {
                throw new AssertionError("field " + number + " has wire type " + f.type() + ", not " + type);
            }
        });
        return found;
    }

    private Field one(int number, int type) {
        List<Field> found = all(number, type);
        if (found.size() != 1) {
            throw new AssertionError("field " + number + " is there " + found.size() + " times");
        }
        return found.getFirst();
    }

    public boolean has(int number) {
        return fields.stream().anyMatch(f -> f.number() == number);
    }

    public List<WireFields> messages(int number) {
        return all(number, 2).stream().map(f -> new WireFields(f.bytes())).toList();
    }

    public WireFields message(int number) {
        return new WireFields(one(number, 2).bytes());
    }

    public String text(int number) {
        return new String(one(number, 2).bytes(), StandardCharsets.UTF_8);
    }

    public long number(int number) {
        return one(number, 0).bits();
    }

    public long zigzag(int number) {
        long n = number(number);
        return n >>> 1 ^ -(n & 1);
    }

    public long fixed64(int number) {
        return one(number, 1).bits();
    }

    public double float64(int number) {
        return Double.longBitsToDouble(fixed64(number));
    }

    public float float32(int number) {
        return Float.intBitsToFloat((int) one(number, 5).bits());
    }

    public List<Long> packed(int number) {
        ByteBuffer in = ByteBuffer.wrap(one(number, 2).bytes());
        List<Long> all = new ArrayList<>();
        while (in.hasRemaining()) {
            all.add(varint(in));
        }
        return all;
    }
}
