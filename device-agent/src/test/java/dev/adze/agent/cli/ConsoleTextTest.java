package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTextTest {
    @TempDir
    Path folder;

    private static String printed(Charset charset, ToIntFunction<String> priority) {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(new ConsoleText(bytes, charset, priority), true, StandardCharsets.UTF_8);
        out.printf("%d µs%n", 12);
        out.print("adze-agent: ");
        out.println("error: a…");
        out.print("two\nlines\n");
        return bytes.toString(charset);
    }

    @Test
    void aConsoleWithoutTheSignsGetsThemSpeltOut() {
        assertEquals("12 us\nadze-agent: error: a...\ntwo\nlines\n", printed(StandardCharsets.US_ASCII, null));
        assertEquals("12 µs\nadze-agent: error: a…\ntwo\nlines\n", printed(StandardCharsets.UTF_8, null));
    }

    @Test
    void theJournalIsToldThePriorityOfEveryLineOnce() {
        assertEquals("<6>12 µs\n<4>adze-agent: error: a…\n<6>two\n<6>lines\n", printed(StandardCharsets.UTF_8, l -> l.startsWith("adze-agent: ") ? 4 : 6));
    }

    @Test
    void onlyTheStreamThatSystemdNamesIsTheJournal() throws Exception {
        Path file = Files.createFile(folder.resolve("x"));
        String name = Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
        assertTrue(ConsoleText.isJournal(name, file));
        assertFalse(ConsoleText.isJournal(name + "1", file));
        assertFalse(ConsoleText.isJournal(null, file));
        assertFalse(ConsoleText.isJournal(name, folder.resolve("none")));
    }
}
