package dev.adze.compress.cli;

import dev.adze.compress.pipeline.VerifyStep;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "verify", mixinStandardHelpOptions = true, description = "Checks bundles as a device does: every byte"
        + " of the container, checksums, weights, and the golden vectors on this machine's kernels.")
final class VerifyCommand implements Runnable {
    @Parameters(paramLabel = "BUNDLE", arity = "1..*")
    private List<Path> bundles;

    @Override
    public void run() {
        for (Path bundle : bundles) {
            System.out.println(bundle + ": ok, golden vectors agree on " + String.join(", ", VerifyStep.verify(bundle)));
        }
    }
}
