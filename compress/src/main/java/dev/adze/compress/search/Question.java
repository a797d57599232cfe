package dev.adze.compress.search;

import dev.adze.compress.recipe.RecipeReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What makes two searches the same, so that one may go on where the other stopped. */
final class Question {
    private Question() {}

    /** A hash of the search file's content, without what only says how long it goes on and what is chosen, and of the recipe. */
    static String of(SearchSpec spec, RecipeReader.Loaded base) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((spec.text() + "\n" + base.text()).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
