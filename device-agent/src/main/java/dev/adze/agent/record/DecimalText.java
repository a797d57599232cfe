package dev.adze.agent.record;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A line of text put together without allocation. Numbers are rounded (half up) to six significant digits and at
 * most five decimals, finer than any of our sensors, without trailing zeros.
 */
final class DecimalText {
    private static final double[] POWERS = {1, 10, 100, 1e3, 1e4, 1e5};

    private byte[] bytes = new byte[1024];
    private int length;
    private final byte[] digits = new byte[20];

    DecimalText append(String s) {
        byte[] ascii = s.getBytes(StandardCharsets.UTF_8);
        reserve(ascii.length);
        System.arraycopy(ascii, 0, bytes, length, ascii.length);
        length += ascii.length;
        return this;
    }

    DecimalText append(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    DecimalText append(long value) {
        if (value < 0) {
            append('-');
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

    DecimalText append(double value) {
        double magnitude = Math.abs(value);
        if (!(magnitude < 1e15)) {
            return append(Double.toString(value));
        }
        int decimals = 5;
        while (decimals > 0 && magnitude >= 1e6 / POWERS[decimals]) {
            decimals--;
        }
        long scaled = Math.round(magnitude * POWERS[decimals]);
        while (decimals > 0 && scaled % 10 == 0) {
            scaled /= 10;
            decimals--;
        }
        if (value < 0 && scaled != 0) {
            append('-');
        }
        long whole = scaled / (long) POWERS[decimals];
        append(whole);
        if (decimals > 0) {
            append('.');
            long fraction = scaled - whole * (long) POWERS[decimals];
            for (int d = decimals - 1; d >= 0; d--) {
                append((char) ('0' + fraction / (long) POWERS[d] % 10));
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
    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
        length = 0;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
