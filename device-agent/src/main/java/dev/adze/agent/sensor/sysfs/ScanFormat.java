package dev.adze.agent.sensor.sysfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a number lies in a scan, from a file {@code scan_elements/in_X_type} such as {@code le:s12/16>>4}: byte order, sign,
 * bits that count, bits that are stored, and by how many they are shifted up; {@code X4} before the shift says that four such
 * numbers lie there (Documentation/ABI/testing/sysfs-bus-iio).
 */
record ScanFormat(ByteOrder order, boolean signed, int bits, int storedBytes, int repeat, int shift) {
    private static final Pattern FORM = Pattern.compile("(be|le):([su])([0-9]{1,2})/(8|16|32|64)(?:X([0-9]{1,3}))?>>([0-9]{1,2})");

    /** @throws IllegalArgumentException if the text is of another form */
    static ScanFormat of(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException(text);
        }
        int bits = Integer.parseInt(m.group(3));
        int stored = Integer.parseInt(m.group(4));
        int shift = Integer.parseInt(m.group(6));
        int repeat = m.group(5) == null ? 1 : Integer.parseInt(m.group(5));
        if (bits < 1 || bits + shift > stored || repeat < 1) {
            throw new IllegalArgumentException(text);
        }
        return new ScanFormat(m.group(1).equals("be") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN, m.group(2).equals("s"), bits,
                stored / 8, repeat, shift);
    }

    /** With all that are repeated; also what its place in the scan is a multiple of. */
    int bytes() {
        return storedBytes * repeat;
    }

    /** The first number there. */
    long read(ByteBuffer scans, int at) {
        scans.order(order);
        long word = switch (storedBytes) {
            case 1 -> scans.get(at);
            case 2 -> scans.getShort(at);
            case 4 -> scans.getInt(at);
            default -> scans.getLong(at);
        };
        long atTop = word >>> shift << 64 - bits;
        return signed ? atTop >> 64 - bits : atTop >>> 64 - bits;
    }
}
