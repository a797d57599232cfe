package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicTextTest {
    @TempDir
    Path folder;

    @Test
    void itsFoldersAreMadeAndAnOlderFileIsReplaced() throws IOException {
        Path file = folder.resolve("a/b/page.html");
        AtomicText.write(file, "first, and longer");
        AtomicText.write(file, "größer");
        assertEquals("größer", Files.readString(file));
        try (Stream<Path> left = Files.list(file.getParent())) {
            assertEquals(1, left.count());
        }
    }

    @Test
    void aFolderOrAFileInTheWayIsNamedAndNothingIsLeft() throws IOException {
        Files.writeString(folder.resolve("file"), "mine");
        refused(folder, "it is a folder");
        refused(folder.resolve("file/page.html"), folder.resolve("file") + " is a file where a folder is needed");
        assertEquals("mine", Files.readString(folder.resolve("file")));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(1, left.count());
        }
    }

    private static void refused(Path target, String reason) {
        var e = assertThrows(AdzeException.class, () -> AtomicText.write(target, "text"));
        assertEquals(AdzeException.Kind.CANNOT_WRITE, e.kind());
        assertTrue(e.getMessage().startsWith("cannot write " + target + ": " + reason), e.getMessage());
    }
}
