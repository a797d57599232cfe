package dev.adze.agent.text;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A line of text put together without allocation (strings given to {@link #append(String)} should be ASCII
 * constants; others are copied). Not thread-safe.
 */
public final class DecimalText {
    private static final double[] POWERS = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

    private byte[] bytes = new byte[1024];
    private int length;
    private final byte[] digits = new byte[20];

    /** Appends text, encoded as UTF-8. */
    public DecimalText append(String s) {
        reserve(s.length());
        int start = length;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c >= 0x80) {
                byte[] encoded = s.getBytes(StandardCharsets.UTF_8);
                length = start;
                reserve(encoded.length);
                System.arraycopy(encoded, 0, bytes, length, encoded.length);
                length += encoded.length;
                return this;
            }
            bytes[length++] = (byte) c;
        }
        return this;
    }

    private DecimalText digit(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Appends a whole number. */
    public DecimalText append(long value) {
        if (value < 0) {
            digit('-');
        }
        int n = 0;
        do {
            digits[n++] = (byte) ('0' + Math.abs(value % 10));
            value /= 10;
        } while (value != 0);
        reserve(n);
        while (n > 0) {
            bytes[length++] = digits[--n];
        }
        return this;
    }

    /**
     * Appends a number rounded (half up) to {@code significant} digits and at most {@code maxDecimals} decimals,
     * without trailing zeros. Nine digits give a float back exactly (Steele and White 1990) where its decimals
     * suffice. Beyond 1e15, and for NaN and infinities, as {@link Double#toString}.
     *
     * @param significant 1 to 15
     * @param maxDecimals 0 to 15
     */
    public DecimalText append(double value, int significant, int maxDecimals) {
        double magnitude = Math.abs(value);
        if (!(magnitude < 1e15)) {
            return append(Double.toString(value));
        }
        int decimals = maxDecimals;
        while (decimals > 0 && magnitude * POWERS[decimals] >= POWERS[significant]) {
            decimals--;
        }
        long scaled = Math.round(magnitude * POWERS[decimals]);
        while (decimals > 0 && scaled % 10 == 0) {
            scaled /= 10;
            decimals--;
        }
        if (value < 0 && scaled != 0) {
            digit('-');
        }
        long whole = scaled / (long) POWERS[decimals];
        append(whole);
        if (decimals > 0) {
            digit('.');
            long fraction = scaled - whole * (long) POWERS[decimals];
            for (int d = decimals - 1; d >= 0; d--) {
                digit((char) ('0' + fraction / (long) POWERS[d] % 10));
            }
        }
        return this;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    /** Writes the line and starts a new one. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
        length = 0;
    }

    /** Copies the line to {@code target}'s position, where there must be room, and starts a new one. */
    public void writeTo(ByteBuffer target) {
        target.put(bytes, 0, length);
        length = 0;
    }

    /** Forgets the line. */
    public void clear() {
        length = 0;
    }

    /** Bytes of the line so far. */
    public int length() {
        return length;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
