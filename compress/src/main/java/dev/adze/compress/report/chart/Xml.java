package dev.adze.compress.report.chart;

/** Text made safe for XML and HTML, in element content and in double-quoted attributes alike. */
public final class Xml {
    private static final int REPLACEMENT = 0xFFFD;

    private Xml() {}

    /** Escapes {@code & < > " '}; replaces what {@link #printable} replaces. */
    public static String escape(String text) {
        String printable = printable(text);
        StringBuilder out = new StringBuilder(printable.length() + 16);
        for (int i = 0; i < printable.length(); i++) {
            char c = printable.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /**
     * Replaces by U+FFFD what XML 1.0 forbids (control characters, lone surrogates, U+FFFE, U+FFFF), C1 controls
     * (terminal escapes) and marks that reverse the direction of what follows; null reads as "".
     */
    public static String printable(String text) {
        if (text == null) {
            return "";
        }
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().map(c -> allowed(c) ? c : REPLACEMENT).forEach(out::appendCodePoint);
        return out.toString();
    }

    private static boolean allowed(int c) {
        boolean control = c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c >= 0x7F && c <= 0x9F;
        boolean surrogate = c >= 0xD800 && c <= 0xDFFF;
        boolean direction = c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
        return !control && !surrogate && !direction && c != 0xFFFE && c != 0xFFFF;
    }
}
