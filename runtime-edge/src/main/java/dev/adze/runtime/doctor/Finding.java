package dev.adze.runtime.doctor;

import dev.adze.runtime.AdzeException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One line of a check-up.
 *
 * @param subject what was looked at, one or two words
 * @param text    what was found, and how to mend it where there is something to mend
 */
public record Finding(Level level, String subject, String text) {
    /** How bad it is. */
    public enum Level {
        OK,
        /** Works, but slower or with less than it could. */
        NOTE,
        /** Something does not work. */
        PROBLEM
    }

    public static Finding ok(String subject, String text) {
        return new Finding(Level.OK, subject, text);
    }

    public static Finding note(String subject, String text) {
        return new Finding(Level.NOTE, subject, text);
    }

    public static Finding problem(String subject, String text) {
        return new Finding(Level.PROBLEM, subject, text);
    }

    /** The findings for a terminal, a line each. */
    public static String table(List<Finding> findings) {
        int width = findings.stream().mapToInt(f -> f.subject.length()).max().orElse(1);
        return findings.stream().map(f -> String.format(Locale.ROOT, "%-7s  %-" + width + "s  %s%n",
                f.level.name().toLowerCase(Locale.ROOT), f.subject, f.text)).collect(Collectors.joining());
    }

    /** @throws AdzeException UNAVAILABLE if there is a problem among the findings */
    public static void requireNoProblem(List<Finding> findings) {
        List<String> problems = findings.stream().filter(f -> f.level == Level.PROBLEM).map(Finding::subject).toList();
        if (!problems.isEmpty()) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "this machine cannot do everything: "
                    + String.join(", ", problems) + "; the lines marked 'problem' tell how to mend it");
        }
    }
}
