package dev.adze.compress.data;

import dev.adze.profiles.NearestName;
import dev.adze.runtime.AdzeException;
import java.util.Collection;
import java.util.Comparator;
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
        return known.stream().min(Comparator.comparingInt(candidate -> NearestName.distance(name, candidate)))
                .filter(best -> NearestName.distance(name, best) <= Math.max(1, Math.max(name.length(), best.length()) / 3));
    }
}
