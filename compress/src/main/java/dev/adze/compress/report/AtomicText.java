package dev.adze.compress.report;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.bundle.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a text file whole or not at all, with the folders it lies in. */
public final class AtomicText {
    private AtomicText() {}

    public static void write(Path target, String text) {
        Path absolute = target.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            throw new AdzeException(Kind.CANNOT_WRITE, "cannot write " + target + ": it is a folder; name a file in it");
        }
        try {
            Files.createDirectories(absolute.getParent());
            AtomicFile.replace(absolute, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AdzeException(Kind.CANNOT_WRITE, "cannot write " + target + ": " + reason(e)
                    + "; check the folder's permissions and free space, or give another folder", e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.AccessDeniedException ? "access denied"
                : e instanceof java.nio.file.FileAlreadyExistsException exists
                        ? exists.getFile() + " is a file where a folder is needed"
                        : String.valueOf(e.getMessage());
    }
}
