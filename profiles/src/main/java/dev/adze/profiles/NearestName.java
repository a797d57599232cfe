package dev.adze.profiles;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a user probably meant. */
public final class NearestName {
    private NearestName() {}

    /**
     * The candidate with the smallest edit distance to {@code typed}, if that is small for its length: at most a third
     * of the letters. A unit at the end ({@code rate} for {@code rate-hz}) may be left out.
     */
    public static Optional<String> of(String typed, Collection<String> candidates) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int distance = distance(typed, candidate);
            int dash = candidate.lastIndexOf('-');
            if (dash > 0) {
                distance = Math.min(distance, distance(typed, candidate.substring(0, dash)));
            }
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        int allowed = Math.max(1, typed.length() / 3);
        return bestDistance <= allowed ? Optional.of(best) : Optional.empty();
    }

    /** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours; case does not count. */
    public static int distance(String left, String right) {
        String a = fold(left);
        String b = fold(right);
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(d[i - 1][j - 1] + change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }

    /** Long garbage would cost quadratic time; no name of ours is longer than this. */
    private static String fold(String name) {
        String folded = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return folded.length() > 64 ? folded.substring(0, 64) : folded;
    }
}
