package dev.adze.compress.cli;

import dev.adze.compress.pipeline.Pipeline;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "export", mixinStandardHelpOptions = true, description = "Runs a recipe up to its bundles (.adze).")
final class ExportCommand implements Runnable {
    @Mixin
    private RecipeOptions options;

    @Override
    public void run() {
        options.run(Pipeline.Step.BUNDLE);
    }
}
