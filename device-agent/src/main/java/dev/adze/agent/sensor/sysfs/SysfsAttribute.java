package dev.adze.agent.sensor.sysfs;

import dev.adze.agent.sensor.ReadingBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One sysfs file that holds one number, whole or with a decimal point, kept open and read again from position 0. Reading
 * allocates nothing while all goes well.
 */
final class SysfsAttribute implements AutoCloseable {
    private static final int MOST_DIGITS = 15;
    private static final double[] POWERS_OF_TEN =
            {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    private static final String NO_NUMBER = "the sensor's text is not a number";

    /** What becomes of the number. */
    interface Meaning {
        void set(double raw, ReadingBuffer out, int index);
    }

    private final Meaning meaning;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64);
    private FileChannel channel;

    SysfsAttribute(Meaning meaning) {
        this.meaning = meaning;
    }

    /** @return whether the file could be read, whatever stood in it */
    boolean read(Path path, ReadingBuffer out, int index) {
        try {
            if (channel == null) {
                channel = FileChannel.open(path, StandardOpenOption.READ);
            }
            buffer.clear();
            int length = channel.read(buffer, 0);
            parse(length, out, index);
            return true;
        } catch (NoSuchFileException e) {
            out.missing(index, "the sensor is gone");
        } catch (AccessDeniedException e) {
            out.missing(index, "no permission to read the sensor");
        } catch (IOException e) {
            // ENODATA, EAGAIN: a unit that is switched off; ENODEV, EIO: a device that is gone or ill.
            out.missing(index, "the sensor's driver gives an error");
        }
        close();
        return false;
    }

    private void parse(int length, ReadingBuffer out, int index) {
        int at = 0;
        int end = Math.max(0, length);
        while (end > 0 && buffer.get(end - 1) <= ' ') {
            end--;
        }
        boolean negative = end > 0 && buffer.get(0) == '-';
        if (negative) {
            at = 1;
        }
        if (end == 0) {
            out.invalid(index, "the sensor gives an empty text");
            return;
        }
        long digits = 0;
        int count = 0;
        int decimals = -1;
        for (; at < end; at++) {
            byte c = buffer.get(at);
            if (c == '.' && decimals < 0 && count > 0) {
                decimals = 0;
            } else if (c >= '0' && c <= '9' && count < MOST_DIGITS) {
                digits = digits * 10 + c - '0';
                count++;
                decimals += decimals < 0 ? 0 : 1;
            } else {
                out.invalid(index, NO_NUMBER);
                return;
            }
        }
        if (count == 0 || decimals == 0) {
            out.invalid(index, NO_NUMBER);
            return;
        }
        // Both exact in a double, so that the quotient is the nearest to the text.
        double value = decimals < 0 ? digits : digits / POWERS_OF_TEN[decimals];
        meaning.set(negative ? -value : value, out, index);
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Only read from.
            }
            channel = null;
        }
    }
}
