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
 * One sysfs file that holds one whole number, kept open and read again from position 0. Reading allocates nothing
 * while all goes well.
 */
final class SysfsAttribute implements AutoCloseable {
    private final Quantity quantity;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64);
    private FileChannel channel;

    SysfsAttribute(Quantity quantity) {
        this.quantity = quantity;
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
        if (at == end || end - at > 15) {
            out.invalid(index, end == 0 ? "the sensor gives an empty text" : "the sensor's text is not a whole number");
            return;
        }
        long value = 0;
        for (; at < end; at++) {
            int digit = buffer.get(at) - '0';
            if (digit < 0 || digit > 9) {
                out.invalid(index, "the sensor's text is not a whole number");
                return;
            }
            value = value * 10 + digit;
        }
        quantity.set(negative ? -value : value, out, index);
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
