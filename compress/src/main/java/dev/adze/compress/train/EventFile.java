package dev.adze.compress.train;

import dev.adze.compress.proto.ProtoWriter;
import dev.adze.runtime.AdzeException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A file of scalars and histograms that TensorBoard opens ({@code tensorboard --logdir RUN/tensorboard}): TFRecords
 * (tensorflow.org/tutorials/load_data/tfrecord) of {@code Event} messages (tensorflow/core/util/event.proto).
 */
final class EventFile implements AutoCloseable {
    private final Path file;
    private final OutputStream out;

    /** @param epochMillis of now, part of the name: each sitting of a training writes a file of its own */
    EventFile(Path folder, long epochMillis) {
        file = folder.resolve("events.out.tfevents." + epochMillis + ".adze");
        try {
            Files.createDirectories(folder);
            out = new BufferedOutputStream(Files.newOutputStream(file));
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        write(event(epochMillis, 0).text(3, "brain.Event:2"));
    }

    void scalar(long epochMillis, long step, String tag, double value) {
        summary(epochMillis, step, new ProtoWriter().text(1, tag).fixed32(2, (float) value));
    }

    void histogram(long epochMillis, long step, GateHistogram histogram) {
        int bins = histogram.counts().length;
        ByteBuffer limits = ByteBuffer.allocate(8 * bins).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer counts = ByteBuffer.allocate(8 * bins).order(ByteOrder.LITTLE_ENDIAN);
        double total = 0;
        for (int bin = 0; bin < bins; bin++) {
            limits.putDouble(histogram.min() + (histogram.max() - histogram.min()) * (bin + 1) / bins);
            counts.putDouble(histogram.counts()[bin]);
            total += histogram.counts()[bin];
        }
        var message = new ProtoWriter().fixed64(1, histogram.min()).fixed64(2, histogram.max()).fixed64(3, total)
                .fixed64(4, histogram.sum()).fixed64(5, histogram.sumOfSquares()).bytes(6, limits.array()).bytes(7, counts.array());
        summary(epochMillis, step, new ProtoWriter().text(1, histogram.name()).message(5, message));
    }

    private void summary(long epochMillis, long step, ProtoWriter value) {
        write(event(epochMillis, step).message(5, new ProtoWriter().message(1, value)));
    }

    private static ProtoWriter event(long epochMillis, long step) {
        return new ProtoWriter().fixed64(1, epochMillis / 1000.0).integer(2, step);
    }

    private void write(ProtoWriter event) {
        byte[] data = event.toByteArray();
        ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(maskedCrc(record.array(), 0, 8));
        record.put(data).putInt(maskedCrc(data, 0, data.length));
        try {
            out.write(record.array());
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** A CRC of data that holds CRCs would be weak; TFRecords turn and shift it (tensorflow/core/lib/hash/crc32c.h). */
    private static int maskedCrc(byte[] bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(bytes, from, length);
        int value = (int) crc.getValue();
        return Integer.rotateRight(value, 15) + 0xa282ead8;
    }

    /** So that TensorBoard sees what was written so far. */
    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private AdzeException cannotWrite(IOException e) {
        return new AdzeException(AdzeException.Kind.CANNOT_WRITE, file + " cannot be written (" + e.getMessage()
                + "): free some disk space or choose another folder with --out", e);
    }
}
