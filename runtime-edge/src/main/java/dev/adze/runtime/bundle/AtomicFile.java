package dev.adze.runtime.bundle;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file whole or not at all: under a temporary name beside it, forced to disk, then renamed. What is no file, such as
 * {@code /dev/stdout}, {@code /dev/null} or a named pipe, is written to and stays what it is.
 */
public final class AtomicFile {
    private static final int CHUNK = 1 << 24;

    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    private AtomicFile() {}

    /** @throws AdzeException CANNOT_WRITE; then nothing is left behind and an older file of that name is untouched */
    public static void write(Path file, byte[] content) {
        write(file, channel -> writeFully(channel, MemorySegment.ofArray(content)));
    }

    /** @throws AdzeException CANNOT_WRITE; then nothing is left behind and an older file of that name is untouched */
    static void write(Path file, Content content) {
        try {
            replace(file, content);
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.CANNOT_WRITE, file + " cannot be written: " + reason(file, e), e);
        }
    }

    /** As {@link #write(Path, byte[])}, for callers that word the error themselves. */
    public static void replace(Path file, byte[] content) throws IOException {
        replace(file, channel -> writeFully(channel, MemorySegment.ofArray(content)));
    }

    private static void replace(Path file, Content content) throws IOException {
        Path absolute = file.toAbsolutePath();
        if (Files.exists(absolute) && !Files.isRegularFile(absolute) && !Files.isDirectory(absolute)) {
            try (FileChannel channel = FileChannel.open(absolute, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
            }
            return;
        }
        Path temporary = absolute.resolveSibling(
                "." + absolute.getFileName() + "." + ProcessHandle.current().pid() + "." + System.nanoTime() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceFolder(absolute.getParent());
        } catch (IOException e) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    static void writeFully(FileChannel channel, MemorySegment bytes) throws IOException {
        for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
            ByteBuffer chunk = bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer();
            while (chunk.hasRemaining()) {
                channel.write(chunk);
            }
        }
    }

    /** Makes the rename itself durable, where the file system lets a folder be opened. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not every platform can; the file's content is safe already.
        }
    }

    private static String reason(Path file, IOException e) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            return "it is a folder; name a file in it";
        }
        return switch (e) {
            case NoSuchFileException _ when !Files.exists(folder) -> "there is no folder " + folder + "; make it, or name another";
            case AccessDeniedException _ -> "no permission to write in " + folder + "; give it, or name another folder";
            case FileSystemException named when named.getReason() != null -> named.getReason() + "; name another place";
            default -> (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()) + "; name another place, or make room";
        };
    }
}
