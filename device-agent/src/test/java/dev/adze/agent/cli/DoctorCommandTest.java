package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    @Test
    void itNamesJavaKernelsMemoryAndSensors() {
        var text = new ByteArrayOutputStream();
        PrintStream out = System.out;
        System.setOut(new PrintStream(text, true, StandardCharsets.UTF_8));
        try {
            assertEquals(0, Main.run("doctor"));
        } finally {
            System.setOut(out);
        }
        String lines = text.toString(StandardCharsets.UTF_8);
        for (String subject : List.of("Java", "processor", "kernel", "vector-", "work folder", "sensors")) {
            assertTrue(lines.lines().anyMatch(line -> line.matches("(ok|note) +" + subject + ".*")), subject + " in\n" + lines);
        }
    }
}
