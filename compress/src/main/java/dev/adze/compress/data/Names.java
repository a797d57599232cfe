package dev.adze.compress.data;

import dev.adze.runtime.AdzeException;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggests what a mistyped name was meant to be. */
final class Names {
    private Names() {}

    /** {@code "WHAT NAME; did you mean ...?"}, or the list of known names where none is near. */
    static AdzeException unknown(String what, String name, Collection<String> known) {
        String hint = nearest(name, known)
                .map(near -> "did you mean " + near + "?")
                .orElseGet(() -> known.isEmpty() ? "there is none at all" : "it has " + String.join(", ", known));
        return new AdzeException(AdzeException.Kind.BAD_DATA, what + " " + name + "; " + hint);
    }

    /** The known name with the fewest edits, if these are at most a third of its letters (but one is always allowed). */
    static Optional<String> nearest(String name, Collection<String> known) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return known.stream()
                .min(Comparator.comparingInt(candidate -> edits(wanted, candidate.toLowerCase(Locale.ROOT))))
                .filter(best -> edits(wanted, best.toLowerCase(Locale.ROOT))
                        <= Math.max(1, Math.max(wanted.length(), best.length()) / 3));
    }

    /** Levenshtein distance. */
    private static int edits(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
