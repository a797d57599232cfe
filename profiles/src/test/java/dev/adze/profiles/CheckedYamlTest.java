package dev.adze.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckedYamlTest {
    @TempDir
    Path folder;

    @Test
    void scalarsResolveAsInJsonAndNothingElse() {
        var root = parse("int: 7\nfloat: -2.5e3\nno: no\nyes: True\nflag: true\nnone: null\ntext: '7'\ntime: 12:30\noct: 0o17\n");
        assertEquals(7, root.root().path("int").intValue());
        assertEquals(-2500.0, root.root().path("float").doubleValue());
        assertEquals("no", root.root().path("no").stringValue());
        assertEquals("True", root.root().path("yes").stringValue());
        assertTrue(root.root().path("flag").booleanValue());
        assertTrue(root.root().path("none").isNull());
        assertEquals("7", root.root().path("text").stringValue());
        assertEquals("12:30", root.root().path("time").stringValue());
        assertEquals("0o17", root.root().path("oct").stringValue());
    }

    @Test
    void everyValueKnowsItsLine() {
        var yaml = parse("# comment\na:\n  b: 1\n\n  c:\n    - x\n    - {d: 2,\n       e/f: 3}\n");
        assertEquals(2, yaml.line("/a"));
        assertEquals(3, yaml.line("/a/b"));
        assertEquals(5, yaml.line("/a/c"));
        assertEquals(6, yaml.line("/a/c/0"));
        assertEquals(7, yaml.line("/a/c/1/d"));
        assertEquals(8, yaml.line("/a/c/1/e~1f"));
        assertEquals(3, yaml.line("/a/b/not/there"));
    }

    @Test
    void aByteOrderMarkAndWindowsLineEndsDoNotMatter() {
        var yaml = parse("\uFEFFa: 1\r\nb: 2\r\n");
        assertEquals(2, yaml.root().path("b").intValue());
        assertEquals(2, yaml.line("/b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only a comment\n", "---\n...\n"})
    void anEmptyFileIsSaidToBeEmpty(String text) {
        assertEquals("f.yaml: is empty", refused(text));
    }

    @Test
    void structureThatCannotBeSettingsIsRefused() {
        assertEquals("f.yaml:1: must be a mapping of keys to values, 'key: value'", refused("- a\n- b\n"));
        assertEquals("f.yaml:2: a tab in the indentation; YAML wants spaces", refused("a:\n\tb: 1\n"));
        assertEquals("f.yaml:3: a tab in the indentation; YAML wants spaces", refused("a:\n  b: 1\n  \tc: 1\n"));
        assertEquals("f.yaml:3: key 'a' is given twice, first on line 1; keep one", refused("a: 1\nb: 2\na: 3\n"));
        assertEquals("f.yaml:1: key 'x.a' is given twice, first on line 1; keep one", refused("x: {a: 1, a: 1}\n"));
        assertEquals("f.yaml:2: a second document starts here; keep one in a file", refused("a: 1\n---\nb: 2\n"));
        assertEquals("f.yaml:1: a key must be a plain name, not a list or mapping", refused("? [a, b]\n: 1\n"));
        assertEquals("f.yaml:1: tags (!type) are not allowed here", refused("a: !!java.net.URL x\n"));
        assertEquals("f.yaml:1: tags (!type) are not allowed here", refused("a: !!map {}\n"));
        assertTrue(refused("a: [1, 2\n").startsWith("f.yaml:2: not valid YAML: "));
        assertTrue(refused("a: 'open\n").startsWith("f.yaml:2: not valid YAML: "));
        assertTrue(refused("a: 1\n b: 2\n").startsWith("f.yaml:2: not valid YAML: "));
    }

    @Test
    void bytesThatAreNotUtf8AreRefusedWithTheirLine() {
        byte[] latin1 = "a: 1\nb: Stra\u00dfe\n".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals("f.yaml:2: is not UTF-8 text; save it as UTF-8", refused(latin1));
        assertEquals("f.yaml:1: is not UTF-8 text; save it as UTF-8", refused(new byte[] {'a', ':', ' ', (byte) 0xC3}));
    }

    @Test
    void hugeFilesAreRefusedUnread() throws IOException {
        Path file = folder.resolve("huge.yaml");
        try (var channel = Files.newByteChannel(file, java.util.Set.of(
                java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE))) {
            channel.position(1L << 33);
            channel.write(java.nio.ByteBuffer.wrap(new byte[1]));
        }
        var e = assertThrows(ProfileException.class, () -> CheckedYaml.read(file));
        assertEquals(file + ": is larger than 1 MiB; this cannot be a file of settings", e.getMessage());
    }

    @Test
    void bombsAreRefusedAtOnce() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            laughs.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            assertEquals("f.yaml:1: anchors (&name) are not allowed here; write the value out where it is used",
                    refused(laughs.toString()));
            assertEquals("f.yaml:1: aliases (*name) are not allowed here; write the value out", refused("a: *b\n"));
            assertEquals("f.yaml:1: nested deeper than 32 levels", refused("a: " + "[".repeat(500_000)));
            assertEquals("f.yaml:1: nested deeper than 32 levels", refused("{a: ".repeat(100_000)));
            assertTrue(refused("a: " + "9".repeat(900_000)).endsWith("is not a usable number"));
            assertTrue(refused("a: 1e999999999").endsWith("is not a usable number"));
            refused("- ".repeat(400_000));
            refused("? ".repeat(400_000));
        });
    }

    @Test
    void messagesStayOneShortPrintableLine() {
        String message = refused("\"k\\u001b[31m\\n%s\": 1\n\"k\\u001b[31m\\n%s\": 2\n".formatted("x".repeat(5000), "x".repeat(5000)));
        assertTrue(message.length() < 250, message);
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
    }

    @Test
    void damagedTextIsReadOrRefusedInOneLineButNeverCrashes() {
        long seed = 20260101;
        Random random = new Random(seed);
        byte[] good = ProfileReader.readyYaml("this-host");
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = good.clone();
            for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
                byte[] spice = "\t\n:-[]{}#&*!|>'\"%@`,? \0\u00ff".getBytes(StandardCharsets.ISO_8859_1);
                bytes[random.nextInt(bytes.length)] = spice[random.nextInt(spice.length)];
            }
            try {
                ProfileReader.parse("f.yaml", bytes, folder);
            } catch (ProfileException e) {
                assertFalse(e.getMessage().isBlank() || e.getMessage().contains("\n"), "seed " + seed + " round " + round);
                assertTrue(e.getMessage().startsWith("f.yaml"), e.getMessage());
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + round, e);
            }
        }
    }

    private static CheckedYaml parse(String text) {
        return CheckedYaml.parse("f.yaml", text.getBytes(StandardCharsets.UTF_8));
    }

    private static String refused(String text) {
        return refused(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String refused(byte[] bytes) {
        return assertThrows(ProfileException.class, () -> CheckedYaml.parse("f.yaml", bytes)).getMessage();
    }
}
