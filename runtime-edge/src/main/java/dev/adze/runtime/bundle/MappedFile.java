package dev.adze.runtime.bundle;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

final class MappedFile {
    /** Files of 2 GiB and more are refused: no model for the edge is that big, and offsets stay inside 32 bits. */
    static final long MAX_SIZE = Integer.MAX_VALUE;

    private MappedFile() {}

    /** The whole file, read-only, as long as {@code arena} is open. */
    static MemorySegment map(Path file, Arena arena) {
        if (!Files.isRegularFile(file)) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND,
                    file + (Files.exists(file) ? " is not a file" : " does not exist") + "; give the path of a file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > MAX_SIZE) {
                throw new AdzeException(AdzeException.Kind.BAD_BUNDLE,
                        file.getFileName() + ": " + size + " bytes are more than the limit of 2 GiB; make a smaller model");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND,
                    file + " cannot be read (" + e.getMessage() + "); check its permissions", e);
        }
    }
}
