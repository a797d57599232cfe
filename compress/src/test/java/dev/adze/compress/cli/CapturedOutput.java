package dev.adze.compress.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** For tests of commands as a user types them: what is printed goes into {@link #outText} and {@link #errText}. */
abstract class CapturedOutput {
    final ByteArrayOutputStream outText = new ByteArrayOutputStream();
    final ByteArrayOutputStream errText = new ByteArrayOutputStream();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    @BeforeEach
    void captureStreams() {
        System.setOut(new PrintStream(outText, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errText, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restoreStreams() {
        System.setOut(out);
        System.setErr(err);
    }
}
