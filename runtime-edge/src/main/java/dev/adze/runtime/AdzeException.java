package dev.adze.runtime;

/**
 * An error that a user can mend. Its message is one line: what is wrong, where, and how to mend it.
 *
 * <p>Command-line programs print {@code message} alone (the stack trace only under {@code --debug})
 * and leave with {@link Kind#exitCode()}. Programming errors are never reported by this type.
 */
public final class AdzeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, by exit code. The codes are part of the command line's contract (docs/exit-codes.md). */
    public enum Kind {
        /** The command line or a recipe or profile asks for something that does not exist or does not fit. */
        USAGE(2),
        /** A named file, folder or device is missing or may not be read. */
        NOT_FOUND(3),
        /** Input data is malformed: wrong columns, text in a number, too few rows, all missing. */
        BAD_DATA(4),
        /** A bundle, checkpoint or other file of ours is damaged, truncated, or of an unknown version. */
        BAD_BUNDLE(5),
        /** Output cannot be written: folder not writable, disk full. */
        CANNOT_WRITE(6),
        /** Results disagree beyond the tolerance: golden vectors, parity, accuracy gate. */
        MISMATCH(7),
        /** This machine lacks something: a JDK, a library, a processor feature, a sensor. */
        UNAVAILABLE(8),
        /** Training diverged: the loss or a gradient is not a number. */
        DIVERGED(9),
        /** Stopped by the user; a checkpoint is kept. */
        INTERRUPTED(130);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    private final Kind kind;

    public AdzeException(Kind kind, String message) {
        this(kind, message, null);
    }

    public AdzeException(Kind kind, String message, Throwable cause) {
        super(message.strip().replaceAll("\\s*\\R\\s*", " "), cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
