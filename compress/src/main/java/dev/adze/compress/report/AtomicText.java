package dev.adze.compress.report;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.ByteBuffer;

/** Writes a text file whole or not at all: a temporary file beside it, synced, then renamed over it. */
public final class AtomicText {
    private AtomicText() {}

    public static void write(Path target, String text) {
        Path absolute = target.toAbsolutePath();
        Path temporary = null;
        try {
            if (Files.isDirectory(absolute)) {
                throw new AdzeException(Kind.CANNOT_WRITE,
                        "cannot write " + target + ": it is a folder; name a file in it");
            }
            Files.createDirectories(absolute.getParent());
            temporary = Files.createTempFile(absolute.getParent(), "." + absolute.getFileName(), ".tmp");
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            // Temporary files are private to their owner; a report is to be read by others (a web server, say).
            if (!temporary.toFile().setReadable(true, false)) {
                throw new IOException("its permissions cannot be set");
            }
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            temporary = null;
        } catch (IOException e) {
            throw new AdzeException(Kind.CANNOT_WRITE, "cannot write " + target + ": " + reason(e)
                    + "; check the folder's permissions and free space, or give another folder", e);
        } finally {
            discard(temporary);
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.AccessDeniedException ? "access denied"
                : e instanceof java.nio.file.FileAlreadyExistsException exists
                        ? exists.getFile() + " is a file where a folder is needed"
                        : String.valueOf(e.getMessage());
    }

    private static void discard(Path temporary) {
        if (temporary != null) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException ignored) {
                // The first failure is the one to report; a leftover starts with a dot and ends in .tmp.
            }
        }
    }
}
