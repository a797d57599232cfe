package dev.adze.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExhaustionTest {
    @Test
    void anErrorForWantOfDescriptorsIsToldInOneLineWhereverItComesUp() {
        // As met in the field: the zone rules of the first date that is printed.
        var deep = new Error(new FileNotFoundException("lib/tzdb.dat (Too many open files)"));
        AdzeException told = Exhaustion.of(deep).orElseThrow();
        assertEquals(Kind.UNAVAILABLE, told.kind());
        assertEquals("this process may open no more files (java.io.FileNotFoundException: lib/tzdb.dat (Too many open files)); allow it more: "
                + "`ulimit -n 1024` in the shell, LimitNOFILE= in the service's unit", told.getMessage());
        assertTrue(Exhaustion.of(new UncheckedIOException(new FileSystemException("/x", null, "Too many open files in system"))).isPresent());
        var read = new AdzeException(Kind.NOT_FOUND, "m.adze cannot be read (m.adze: Too many open files); check its permissions",
                new FileSystemException("m.adze", null, "Too many open files"));
        assertEquals("this process may open no more files (m.adze: Too many open files); allow it more: `ulimit -n 1024` in the shell, "
                + "LimitNOFILE= in the service's unit", Exhaustion.of(read).orElseThrow().getMessage());
        assertTrue(Exhaustion.of(new OutOfMemoryError("unable to create native thread: possibly out of memory")).orElseThrow()
                .getMessage().contains("TasksMax="));
    }

    @Test
    void theFileIsNamedWhereverTheErrorKnowsItAndNothingElseIs() {
        String bare = "this process may open no more files; allow it more: `ulimit -n 1024` in the shell, LimitNOFILE= in the service's unit";
        // A class of Java's own whose start needs a descriptor that no path leads to.
        assertEquals(bare, Exhaustion.of(new ExceptionInInitializerError(new IOException("Too many open files"))).orElseThrow().getMessage());
        assertEquals(bare, Exhaustion.of(new UncheckedIOException("null", new IOException("Too many open files"))).orElseThrow().getMessage());
        assertEquals(bare, Exhaustion.of(new IOException("Too many open files in system")).orElseThrow().getMessage());
        assertTrue(Exhaustion.of(new ExceptionInInitializerError(new UncheckedIOException(new FileSystemException("/a.so", null, "Too many open files"))))
                .orElseThrow().getMessage().startsWith("this process may open no more files ("));
        assertTrue(Exhaustion.of(new IOException("Too many open files", new FileSystemException("/b/c", null, "Too many open files")))
                .orElseThrow().getMessage().contains("(/b/c: Too many open files)"));
    }

    @Test
    void otherErrorsAreNot() {
        assertEquals(Optional.empty(), Exhaustion.of(new NoClassDefFoundError("really/Gone")));
        assertEquals(Optional.empty(), Exhaustion.of(new IllegalStateException(new OutOfMemoryError("Java heap space"))));
        assertEquals(Optional.empty(), Exhaustion.of(null));
    }
}
