package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.doctor.Finding;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    @Test
    void itNamesJavaKernelsAndLibraries() {
        var text = new ByteArrayOutputStream();
        PrintStream out = System.out;
        System.setOut(new PrintStream(text, true, StandardCharsets.UTF_8));
        try {
            assertEquals(0, Main.run("doctor"));
        } finally {
            System.setOut(out);
        }
        String lines = text.toString(StandardCharsets.UTF_8);
        for (String subject : List.of("Java", "processor", "kernel", "vector-", "huge pages", "LibTorch", "ONNX Runtime",
                "TensorFlow Lite", "native cache")) {
            assertTrue(lines.lines().anyMatch(line -> line.matches("(ok|note) +" + subject + ".*")), subject + " in\n" + lines);
        }
        assertTrue(lines.contains(Runtime.version().toString()), lines);
    }

    @Test
    void aLibraryThatDoesNotLoadIsAProblemToldInOneLine() {
        Finding missing = EngineCheck.loaded("LibX", "no x", () -> {
            throw new ExceptionInInitializerError(new UnsatisfiedLinkError("no x in\n java.library.path"));
        });
        assertEquals(Finding.Level.PROBLEM, missing.level());
        assertEquals("cannot be loaded (java.lang.UnsatisfiedLinkError: no x in java.library.path); without it no x", missing.text());
        Finding mendable = EngineCheck.loaded("LibX", "no x", () -> {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "install x");
        });
        assertEquals("install x; without it no x", mendable.text());
    }
}
