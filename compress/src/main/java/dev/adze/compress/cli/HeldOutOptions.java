package dev.adze.compress.cli;

import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.pipeline.HeldOutOfRecipe;
import dev.adze.compress.pipeline.Requantizer;
import dev.adze.compress.recipe.RecipeFiles;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.runtime.bundle.Manifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Where the held-out part comes from that exported and quantized models are judged on. */
final class HeldOutOptions {
    @Option(names = "--recipe", paramLabel = "RECIPE", description = "the recipe that made the bundle; what is written or"
            + " checked is then also judged on its held-out part")
    private String recipe;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "override of the recipe")
    private List<String> overrides = new ArrayList<>();

    @Option(names = "--data", paramLabel = "FOLDER", description = "where the recipe's data lies, instead of data.folder")
    private Path data;

    Optional<Function<Manifest, HeldOut>> source() {
        return source(recipe, overrides, data);
    }

    /** What judges networks on the recipe's validation part; empty without a recipe. */
    Optional<Function<Manifest, Requantizer.Validation>> validation() {
        return Optional.ofNullable(recipe).map(name -> manifest ->
                HeldOutOfRecipe.validation(RecipeReader.read(RecipeFiles.find(name), overrides), data, manifest));
    }

    /** @param recipe null for no held-out part; @param data null for the recipe's own folder */
    static Optional<Function<Manifest, HeldOut>> source(String recipe, List<String> overrides, Path data) {
        return Optional.ofNullable(recipe).map(name -> manifest ->
                HeldOutOfRecipe.read(RecipeReader.read(RecipeFiles.find(name), overrides), data, manifest));
    }
}
