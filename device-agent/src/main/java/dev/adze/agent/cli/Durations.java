package dev.adze.agent.cli;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time on the command line: a number and ms, s, m or h; a bare number is seconds. */
final class Durations {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(ms|s|m|h)?");

    private Durations() {}

    static double seconds(String option, String text) {
        Matcher m = FORM.matcher(text.strip());
        if (!m.matches()) {
            throw new AdzeException(Kind.USAGE, option + " " + text + ": give a number with ms, s, m or h, for example 90s or 2h");
        }
        double factor = switch (m.group(2)) {
            case "ms" -> 1e-3;
            case "m" -> 60;
            case "h" -> 3600;
            case null, default -> 1;
        };
        double seconds = Double.parseDouble(m.group(1)) * factor;
        if (seconds <= 0) {
            throw new AdzeException(Kind.USAGE, option + " " + text + ": must be more than 0");
        }
        return seconds;
    }
}
