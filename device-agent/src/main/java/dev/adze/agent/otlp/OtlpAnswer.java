package dev.adze.agent.otlp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An ExportMetricsServiceResponse: whether the collector left something out. Nothing in it is trusted. */
final class OtlpAnswer {
    private static final int MOST_MESSAGE = 200;

    private OtlpAnswer() {}

    /** What is not in the protobuf format says nothing: the code has said that the request was taken. */
    static OtlpSender.Taken of(byte[] answer) {
        long rejected = 0;
        String message = "";
        try {
            ByteBuffer in = ByteBuffer.wrap(answer);
            while (in.hasRemaining()) {
                long tag = varint(in);
                if (tag != (1 << 3 | 2)) { // partial_success
                    skip(in, tag);
                    continue;
                }
                ByteBuffer partial = bytes(in);
                while (partial.hasRemaining()) {
                    long field = varint(partial);
                    if (field == 1 << 3) { // rejected_data_points
                        rejected = varint(partial);
                    } else if (field == (2 << 3 | 2)) { // error_message
                        message = StandardCharsets.UTF_8.decode(bytes(partial)).toString();
                    } else {
                        skip(partial, field);
                    }
                }
            }
        } catch (IllegalArgumentException e) {
            return new OtlpSender.Taken(0, "");
        }
        String line = message.replaceAll("\\p{Cntrl}", " ");
        return new OtlpSender.Taken(Math.max(0, rejected), line.substring(0, Math.min(MOST_MESSAGE, line.length())));
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64 && in.hasRemaining(); shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException();
    }

    private static ByteBuffer bytes(ByteBuffer in) {
        return take(in, varint(in));
    }

    private static ByteBuffer take(ByteBuffer in, long length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException();
        }
        ByteBuffer taken = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return taken;
    }

    private static void skip(ByteBuffer in, long tag) {
        switch ((int) (tag & 7)) {
            case 0 -> varint(in);
            case 1 -> take(in, 8);
            case 2 -> bytes(in);
            case 5 -> take(in, 4);
            default -> throw new IllegalArgumentException();
        }
    }
}
