package dev.adze.compress.cli;

import dev.adze.compress.export.ExportTarget;
import dev.adze.compress.export.ExportVerifier;
import dev.adze.compress.export.ForeignFile;
import dev.adze.compress.pipeline.VerifyStep;
import dev.adze.runtime.AdzeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "verify", mixinStandardHelpOptions = true, description = "Checks bundles as a device does: every byte"
        + " of the container, checksums, weights, and the golden vectors on this machine's kernels. With --with: also"
        + " exported files, in their own engines.")
final class VerifyCommand implements Runnable {
    @Parameters(paramLabel = "BUNDLE", arity = "1..*")
    private List<Path> bundles;

    @Option(names = "--with", arity = "2", paramLabel = "ENGINE FILE",
            description = "a file exported from the bundle, run in its engine on the golden vectors: onnx FILE, tflite FILE"
                    + " or torch FILE (a safetensors file in LibTorch); may be given again")
    private List<String> exports = new ArrayList<>();

    @Mixin
    private HeldOutOptions heldOut;

    @Override
    public void run() {
        if (!exports.isEmpty() && bundles.size() != 1) {
            throw new AdzeException(AdzeException.Kind.USAGE, "--with checks the exports of one bundle, not of " + bundles.size());
        }
        for (Path bundle : bundles) {
            ForeignFile.requireBundle(bundle);
            System.out.println(bundle + ": ok, golden vectors agree on " + String.join(", ", VerifyStep.verify(bundle)));
        }
        for (int i = 0; i < exports.size(); i += 2) {
            Path file = Path.of(exports.get(i + 1));
            System.out.println(file + ": ok, " + ExportVerifier.verify(bundles.getFirst(), target(exports.get(i)), file,
                    heldOut.source()).describe());
        }
    }

    private static ExportTarget target(String engine) {
        return switch (engine) {
            case "onnx" -> ExportTarget.ONNX;
            case "tflite" -> ExportTarget.TFLITE;
            case "torch", "safetensors" -> ExportTarget.SAFETENSORS;
            default -> throw new AdzeException(AdzeException.Kind.USAGE, "--with " + engine
                    + ": no such engine; choose onnx, tflite or torch");
        };
    }
}
