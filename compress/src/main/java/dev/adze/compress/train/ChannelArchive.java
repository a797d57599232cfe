package dev.adze.compress.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.ArchiveWriter;

/**
 * Takes what LibTorch writes into a file of Java's. LibTorch's own writer ends the process when the disk is full: its
 * destructor writes too, and throws. Here an error is kept, the rest is swallowed, and {@link #rethrow} tells.
 */
final class ChannelArchive extends ArchiveWriter {
    private final FileChannel channel;
    private IOException failure;

    ChannelArchive(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public long call(Pointer bytes, long size) {
        // The parameter's own limits are not set: it is a bare address.
        for (long at = 0; at < size && failure == null; ) {
            int part = (int) Math.min(size - at, 1 << 20);
            ByteBuffer buffer = new BytePointer(bytes).position(at).limit(at + part).asByteBuffer();
            try {
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            } catch (IOException e) {
                failure = e;
            }
            at += part;
        }
        return size;
    }

    /** @throws IOException the first error of writing, if there was one */
    void rethrow() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }
}
