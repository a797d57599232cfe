package dev.adze.compress.cli;

import dev.adze.compress.export.ForeignFile;
import dev.adze.compress.pipeline.Requantizer;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "quantize", mixinStandardHelpOptions = true, description = "Quantizes a fp32 bundle to int8 after"
        + " training: symmetric, per output channel. (A recipe's own student is quantized by adze export and adze run.)")
final class QuantizeCommand implements Runnable {
    @Parameters(paramLabel = "BUNDLE", description = "a fp32 bundle")
    private Path bundle;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "the int8 bundle to write")
    private Path out;

    @Override
    public void run() {
        ForeignFile.requireBundle(bundle);
        System.out.println(Requantizer.int8(bundle, out, Main.version()));
    }
}
