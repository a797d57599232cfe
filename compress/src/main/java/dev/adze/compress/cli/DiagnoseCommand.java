package dev.adze.compress.cli;

import dev.adze.compress.pipeline.Diagnosis;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "diagnose", mixinStandardHelpOptions = true, description = "Tells what went wrong in a run's trainings:"
        + " gradients that vanish or explode, over-fitting, too few epochs; with the likely cause and the mend.")
final class DiagnoseCommand implements Runnable {
    @Parameters(paramLabel = "RUN", description = "folder of a run, such as runs/quickstart")
    private Path run;

    @Override
    public void run() {
        Diagnosis.of(run).forEach(System.out::println);
    }
}
