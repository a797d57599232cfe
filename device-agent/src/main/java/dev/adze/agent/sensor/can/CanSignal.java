package dev.adze.agent.sensor.can;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One number within CAN frames of one identifier, in the notation of DBC files: {@code 0x1A0:8|16@1+} is the frame
 * 0x1A0, start bit 8, 16 bits, byte order 1 (low byte first, Intel), unsigned. Byte order 0 is high byte first (Motorola);
 * {@code -} is two's complement. Bit b is bit b mod 8 of byte b div 8, 0 the lowest; the start bit is the number's lowest
 * bit with byte order 1 and its highest with byte order 0. An identifier of more than three digits is one of 29 bits.
 */
final class CanSignal {
    static final int EXTENDED = 0x8000_0000;
    private static final Pattern FORM = Pattern.compile("0x([0-9a-fA-F]{1,8}):([0-9]{1,3})\\|([0-9]{1,2})@([01])([+-])");

    private final int identifier;
    private final boolean lowFirst;
    private final boolean signed;
    private final boolean real;
    /** Where each bit of the number lies in the frame, the lowest first. */
    private final int[] bits;
    private final int leastBytes;

    /** @param type empty, or {@code f32} or {@code f64} for an IEEE-754 number of that many bits */
    CanSignal(String from, String type) {
        Matcher m = FORM.matcher(from);
        if (!m.matches()) {
            throw new IllegalArgumentException(from);
        }
        identifier = Integer.parseUnsignedInt(m.group(1), 16) | (m.group(1).length() > 3 ? EXTENDED : 0);
        int start = Integer.parseInt(m.group(2));
        bits = new int[Integer.parseInt(m.group(3))];
        lowFirst = m.group(4).equals("1");
        signed = m.group(5).equals("-");
        real = !type.isEmpty();
        int at = start;
        int lastByte = 0;
        for (int i = 0; i < bits.length; i++) {
            bits[lowFirst ? i : bits.length - 1 - i] = at;
            lastByte = Math.max(lastByte, at / 8);
            at = lowFirst ? at + 1 : at % 8 > 0 ? at - 1 : at + 15;
        }
        leastBytes = lastByte + 1;
    }

    /** As the kernel has it: with {@link #EXTENDED} set for an identifier of 29 bits. */
    int identifier() {
        return identifier;
    }

    boolean fits(int length) {
        return length >= leastBytes;
    }

    /** @param offset where the frame's data begin in {@code bytes} */
    double decode(byte[] bytes, int offset) {
        long word = 0;
        for (int i = 0; i < bits.length; i++) {
            word |= (long) (bytes[offset + bits[i] / 8] >> bits[i] % 8 & 1) << i;
        }
        if (real) {
            return bits.length == 32 ? Float.intBitsToFloat((int) word) : Double.longBitsToDouble(word);
        }
        if (signed && bits.length < 64) {
            return word << 64 - bits.length >> 64 - bits.length;
        }
        // An unsigned number of 64 bits: halve, convert, double; the lowest bit sticks for the rounding.
        return signed || word >= 0 ? word : 2.0 * (word >>> 1 | word & 1);
    }
}
