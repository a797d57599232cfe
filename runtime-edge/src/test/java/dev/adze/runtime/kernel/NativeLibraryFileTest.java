package dev.adze.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryFileTest {
    @TempDir
    private Path cache;

    private static byte[] content(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aCopyIsMadeOnceAndThenUsedAgain() throws IOException {
        Path first = NativeLibraryFile.unpack(content("library"), cache);
        var made = Files.getLastModifiedTime(first);
        assertEquals(first, NativeLibraryFile.unpack(content("library"), cache));
        assertEquals(made, Files.getLastModifiedTime(first));
        assertArrayEquals(content("library"), Files.readAllBytes(first));
    }

    @Test
    void anotherContentGoesToAnotherFolder() throws IOException {
        assertNotEquals(NativeLibraryFile.unpack(content("old"), cache), NativeLibraryFile.unpack(content("new"), cache));
    }

    @Test
    void aCutOrAlteredCopyIsReplaced() throws IOException {
        Path file = NativeLibraryFile.unpack(content("library"), cache);
        for (String damage : new String[] {"", "lib", "librarX", "library and more"}) {
            Files.writeString(file, damage);
            assertEquals(file, NativeLibraryFile.unpack(content("library"), cache));
            assertArrayEquals(content("library"), Files.readAllBytes(file));
        }
    }

    @Test
    void nothingButTheCopyIsLeftInTheFolder() throws IOException {
        Path file = NativeLibraryFile.unpack(content("library"), cache);
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertEquals(java.util.List.of(file), files.toList());
        }
    }

    @Test
    void aCacheThatCannotBeAFolderIsAnError() throws IOException {
        Path blocked = Files.writeString(cache.resolve("a file"), "");
        assertThrows(IOException.class, () -> NativeLibraryFile.unpack(content("library"), blocked));
    }
}
