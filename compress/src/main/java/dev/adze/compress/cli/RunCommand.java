package dev.adze.compress.cli;

import dev.adze.compress.pipeline.Pipeline;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "run", mixinStandardHelpOptions = true, description = "Runs a recipe to the end: train, distil, quantize, bundle, verify, report. Finished steps are not repeated.")
final class RunCommand implements Runnable {
    @Mixin
    private RecipeOptions options;

    @Override
    public void run() {
        options.run(Pipeline.Step.REPORT);
    }
}
