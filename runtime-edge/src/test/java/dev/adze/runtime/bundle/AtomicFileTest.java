package dev.adze.runtime.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.AdzeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class AtomicFileTest {
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    Path folder;

    /** A link to a device, as {@code /dev/stdout} is one: the folder of the devices themselves may be writable here. */
    private Path device(String name) throws Exception {
        assumeTrue(Files.exists(Path.of("/dev", name)), "skipped: there is no /dev/" + name + " here");
        return Files.createSymbolicLink(folder.resolve(name), Path.of("/dev", name));
    }

    @Test
    void aFileIsReplacedAndNothingElseIsLeft() throws Exception {
        Path file = Files.write(folder.resolve("x"), new byte[10]);
        AtomicFile.write(file, CONTENT);
        assertArrayEquals(CONTENT, Files.readAllBytes(file));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(1, left.count());
        }
        Path d = Files.createDirectory(folder.resolve("d"));
        assertEquals(d + " cannot be written: it is a folder; name a file in it",
                assertThrows(AdzeException.class, () -> AtomicFile.write(d, CONTENT)).getMessage());
        assertTrue(Files.isDirectory(d));
        assertEquals(folder.resolve("no/x") + " cannot be written: there is no folder " + folder.resolve("no") + "; make it, or name another",
                assertThrows(AdzeException.class, () -> AtomicFile.write(folder.resolve("no/x"), CONTENT)).getMessage());
    }

    @Test
    void aDeviceIsWrittenToAndStaysOne() throws Exception {
        Path nothing = device("null");
        AtomicFile.write(nothing, CONTENT);
        assertTrue(Files.isSymbolicLink(nothing));
        Path full = device("full");
        AdzeException refused = assertThrows(AdzeException.class, () -> AtomicFile.write(full, CONTENT));
        assertEquals(AdzeException.Kind.CANNOT_WRITE, refused.kind());
        assertTrue(refused.getMessage().contains("No space left"), refused.getMessage());
        assertTrue(Files.isSymbolicLink(full));
    }

    @Test
    void aPipesReaderGetsTheContent() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor());
        var read = new FutureTask<>(() -> Files.readAllBytes(pipe));
        Thread.ofPlatform().daemon().start(read);
        AtomicFile.write(pipe, CONTENT);
        assertArrayEquals(CONTENT, read.get());
    }
}
