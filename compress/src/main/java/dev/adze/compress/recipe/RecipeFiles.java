package dev.adze.compress.recipe;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds a recipe by path, or by the name of one that comes with Adze ({@code compress/recipes}). */
public final class RecipeFiles {
    private RecipeFiles() {}

    /** Folder of the project, set by the launcher. */
    public static Path home() {
        return Path.of(System.getProperty("adze.home", ""));
    }

    /** {@code cmapss-fd001}, {@code recipes/cmapss-fd001.yaml} and {@code ./my.yaml} all work. */
    public static Path find(String nameOrPath) {
        Path given = Path.of(nameOrPath);
        if (Files.exists(given)) {
            return given;
        }
        Path folder = home().resolve("compress/recipes");
        String file = given.getFileName().toString();
        Path own = folder.resolve(file.endsWith(".yaml") ? file : file + ".yaml");
        boolean named = given.getParent() == null || given.getParent().endsWith("recipes");
        if (named && Files.exists(own)) {
            return own;
        }
        throw new AdzeException(AdzeException.Kind.NOT_FOUND, "there is no recipe " + nameOrPath
                + "; the recipes that come with Adze are " + String.join(", ", names(folder)));
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".yaml"))
                    .map(f -> f.substring(0, f.length() - 5)).sorted().toList();
        } catch (IOException e) {
            return List.of("(none found in " + folder + ")");
        }
    }
}
