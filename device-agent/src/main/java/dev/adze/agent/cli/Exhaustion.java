package dev.adze.agent.cli;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Errors that say no more than that the process may not have more of something, wherever they come up. */
final class Exhaustion {
    private static final String TOO_MANY = "Too many open files";
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private Exhaustion() {}

    /** What to tell instead, if the error or one behind it is of that sort. */
    static Optional<AdzeException> of(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause() == cause ? null : cause.getCause()) {
            if (cause instanceof AdzeException && cause.getCause() != null) {
                continue; // its own words are about a file, and the file is not what is wrong
            }
            // strerror of EMFILE and ENFILE; a class whose jar cannot be opened is just not there.
            if (String.valueOf(cause.getMessage()).contains(TOO_MANY) || (cause instanceof LinkageError
                    || cause instanceof ClassNotFoundException || cause instanceof TypeNotPresentException) && noneLeft(DESCRIPTORS)) {
                return Optional.of(new AdzeException(Kind.UNAVAILABLE, "this process may open no more files" + which(error)
                        + "; allow it more: `ulimit -n 1024` in the shell, LimitNOFILE= in the service's unit", error));
            }
            if (cause instanceof OutOfMemoryError && String.valueOf(cause.getMessage()).contains("native thread")) {
                return Optional.of(new AdzeException(Kind.UNAVAILABLE, "this process may start no more threads; allow it more: `ulimit -u` in the "
                        + "shell, TasksMax= in the service's unit", error));
            }
        }
        return Optional.empty();
    }

    /** The file that was to be opened, in brackets, or the class that was to be read; nothing if no error of the chain knows. */
    private static String which(Throwable error) {
        String known = "";
        for (Throwable cause = error; cause != null; cause = cause.getCause() == cause ? null : cause.getCause()) {
            String message = cause.getMessage();
            if (message == null || message.equals("null") || cause instanceof AdzeException) {
                continue;
            }
            if (message.contains(TOO_MANY)) {
                String only = message.replace(TOO_MANY, "").replace("in system", "");
                if (only.chars().anyMatch(Character::isLetterOrDigit)) {
                    return " (" + message + ")";
                }
            } else if (known.isEmpty() && (cause instanceof LinkageError || cause instanceof ClassNotFoundException)) {
                known = " (while reading the class " + message.replace('/', '.') + ")";
            }
        }
        return known;
    }

    /** Whether the folder of a process's open files cannot be opened for want of another one. */
    private static boolean noneLeft(Path descriptors) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            open.iterator();
            return false;
        } catch (IOException e) {
            return String.valueOf(e.getMessage()).contains(TOO_MANY);
        }
    }
}
