package dev.adze.compress.cli;

import dev.adze.compress.pipeline.Pipeline;
import dev.adze.compress.pipeline.Progress;
import dev.adze.compress.pipeline.StopSignal;
import dev.adze.compress.recipe.RecipeFiles;
import dev.adze.compress.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What all commands that run a recipe, or the first part of it, take. */
final class RecipeOptions {
    @Parameters(paramLabel = "RECIPE", description = "a recipe file, or the name of one that comes with Adze")
    private String recipe;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "override, for example teacher.train.epochs=3")
    private List<String> overrides = new ArrayList<>();

    @Option(names = "--data", paramLabel = "FOLDER", description = "where the data lies, instead of the recipe's data.folder")
    private Path data;

    @Option(names = "--out", paramLabel = "FOLDER", description = "where results go (default: runs/RECIPE-NAME)")
    private Path out;

    /** What stands where the recipe belongs. */
    String subject() {
        return recipe;
    }

    List<String> overrides() {
        return overrides;
    }

    /** Where the data lies; null if nothing was said. */
    Path data() {
        return data;
    }

    /** Where results go; null if nothing was said. */
    Path out() {
        return out;
    }

    Pipeline.Result run(Pipeline.Step until) {
        RecipeReader.Loaded loaded = RecipeReader.read(RecipeFiles.find(recipe), overrides);
        Path folder = out != null ? out : Path.of("runs", loaded.recipe().name());
        try (var stop = new StopSignal()) {
            var progress = new Progress(System.out, terminal(), stop);
            return new Pipeline(loaded, data, folder, Main.version(), progress).run(until);
        }
    }

    /** Whether a person watches: then progress lines are rewritten in place. */
    static boolean terminal() {
        return System.console() != null && System.console().isTerminal();
    }
}
