package dev.adze.profiles;

/**
 * A profile (or another checked YAML file) that cannot be used. The message is one line, {@code FILE:LINE: what is
 * wrong; how to mend it}, ready to be shown to the user.
 */
public final class ProfileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Kind {
        /** There is no such file or ready profile, or it may not be read. */
        NOT_FOUND,
        /** Its content is refused. */
        INVALID
    }

    private final Kind kind;
    private final String file;
    private final int line;
    private final String key;

    /**
     * @param file as the user named it
     * @param line from 1; 0 where no line is to blame
     * @param key  dotted path such as {@code sensors.rate-hz}; empty where no key is to blame
     */
    ProfileException(Kind kind, String file, int line, String key, String problem) {
        super(oneLine(file + (line > 0 ? ":" + line : "") + ": " + problem));
        this.kind = kind;
        this.file = file;
        this.line = line;
        this.key = key;
    }

    public Kind kind() {
        return kind;
    }

    public String file() {
        return file;
    }

    public int line() {
        return line;
    }

    public String key() {
        return key;
    }

    /** Control characters of hostile files must not reach a terminal, nor break the line. */
    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
    }
}
