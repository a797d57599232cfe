package dev.adze.runtime.bundle;

/** What is wrong inside a file, before its name is known. Public methods turn it into an AdzeException. */
final class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FormatException(String message) {
        super(message, null, false, false);
    }

    static void require(boolean condition, String message) {
        if (!condition) {
            throw new FormatException(message);
        }
    }

    /** Foreign text made fit for a message: printable ASCII, at most 60 characters. */
    static String quote(String text) {
        String printable = text.replaceAll("[^ -~]", "?");
        return "'" + (printable.length() > 60 ? printable.substring(0, 57) + "..." : printable) + "'";
    }
}
