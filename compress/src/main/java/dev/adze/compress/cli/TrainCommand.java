package dev.adze.compress.cli;

import dev.adze.compress.pipeline.Pipeline;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "train", mixinStandardHelpOptions = true, description = "Runs a recipe up to the trained teacher.")
final class TrainCommand implements Runnable {
    @Mixin
    private RecipeOptions options;

    @Override
    public void run() {
        options.run(Pipeline.Step.TEACHER);
    }
}
