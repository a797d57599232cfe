package dev.adze.agent.forward;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The bytes of a segment, as docs/forward-log-format.md has them: a header, then records. Little endian.
 *
 * <p>Header, {@value #HEADER_BYTES} bytes: {@code ADZE-LOG/1\n}, a zero byte, int64 identity of the log, int64 number of
 * the segment's first report, int64 acknowledged so far, int32 CRC-32C of all before.
 *
 * <p>Record: int32 length of its body, int32 CRC-32C of the header's checksum, the length and the body; then the body: a
 * byte {@value #REPORT} or {@value #ACKNOWLEDGED}, an int64 number, and of a report its kind (a byte), int64 epoch
 * milliseconds, payload. A record of zeros, torn, or copied from another segment does not pass.
 */
final class SegmentFormat {
    static final int HEADER_BYTES = 40;
    static final byte REPORT = 1;
    static final byte ACKNOWLEDGED = 2;
    private static final byte[] MAGIC = "ADZE-LOG/1\n\0".getBytes(StandardCharsets.US_ASCII);
    private static final int FRAME_BYTES = 8;
    private static final int ACKNOWLEDGED_BODY = 9;
    private static final int REPORT_BODY = 18;
    /** Of a report's record, beside its payload. */
    static final int OVERHEAD_BYTES = FRAME_BYTES + REPORT_BODY;
    static final int ACKNOWLEDGED_BYTES = FRAME_BYTES + ACKNOWLEDGED_BODY;

    private SegmentFormat() {}

    /** @param checksum of the header itself, which every record of the segment starts from */
    record Header(long log, long first, long acknowledged, int checksum) {}

    /** @param bytes of the whole record, so that the next one can be found */
    record Entry(byte type, long number, Report report, int bytes) {}

    static String name(long first) {
        return String.format("%016x.log", first);
    }

    /** Whether a file is a segment, by its name. */
    static boolean isSegment(String name) {
        return name.matches("[0-9a-f]{16}\\.log");
    }

    static byte[] header(long log, long first, long acknowledged) {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).putLong(log).putLong(first).putLong(acknowledged);
        return out.putInt(checksum(out.array(), out.position())).array();
    }

    /** Empty if these are not a header's bytes. */
    static Optional<Header> header(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER_BYTES || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                || in.getInt(HEADER_BYTES - 4) != checksum(bytes, HEADER_BYTES - 4)) {
            return Optional.empty();
        }
        return Optional.of(new Header(in.getLong(MAGIC.length), in.getLong(MAGIC.length + 8), in.getLong(MAGIC.length + 16),
                in.getInt(HEADER_BYTES - 4)));
    }

    static int bytes(Report report) {
        return OVERHEAD_BYTES + report.payload().length;
    }

    static void put(ByteBuffer out, int seed, long number, Report report) {
        int start = begin(out, REPORT_BODY + report.payload().length);
        out.put(REPORT).putLong(number).put(report.kind()).putLong(report.epochMillis()).put(report.payload());
        end(out, seed, start);
    }

    static void putAcknowledged(ByteBuffer out, int seed, long number) {
        int start = begin(out, ACKNOWLEDGED_BODY);
        out.put(ACKNOWLEDGED).putLong(number);
        end(out, seed, start);
    }

    private static int begin(ByteBuffer out, int length) {
        int start = out.position();
        out.putInt(length).putInt(0);
        return start;
    }

    private static void end(ByteBuffer out, int seed, int start) {
        out.putInt(start + 4, recordChecksum(seed, out.array(), start, out.position() - start));
    }

    /** The record at the buffer's position, which is moved behind it; empty where there is none that is whole. */
    static Optional<Entry> next(ByteBuffer in, int seed) {
        int start = in.position();
        if (in.remaining() < FRAME_BYTES + ACKNOWLEDGED_BODY) {
            return Optional.empty();
        }
        int length = in.getInt(start);
        if (length < ACKNOWLEDGED_BODY || length > in.remaining() - FRAME_BYTES
                || in.getInt(start + 4) != recordChecksum(seed, in.array(), start, FRAME_BYTES + length)) {
            return Optional.empty();
        }
        in.position(start + FRAME_BYTES);
        byte type = in.get();
        long number = in.getLong();
        Report report = null;
        if (type == REPORT && length >= REPORT_BODY) {
            byte kind = in.get();
            long epochMillis = in.getLong();
            byte[] payload = new byte[length - REPORT_BODY];
            in.get(payload);
            report = new Report(kind, epochMillis, payload);
        }
        // Whole, but of a type that this version does not know: passed over.
        in.position(start + FRAME_BYTES + length);
        return Optional.of(new Entry(type, number, report, FRAME_BYTES + length));
    }

    /** Over the record without its own checksum. */
    private static int recordChecksum(int seed, byte[] bytes, int start, int length) {
        var crc = new CRC32C();
        update(crc, seed);
        crc.update(bytes, start, 4);
        crc.update(bytes, start + FRAME_BYTES, length - FRAME_BYTES);
        return (int) crc.getValue();
    }

    private static int checksum(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static void update(CRC32C crc, int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            crc.update(value >>> shift);
        }
    }
}
