package dev.adze.compress.cli;

import dev.adze.compress.export.BackendVerifier;
import dev.adze.compress.export.ExportTarget;
import dev.adze.compress.export.ExportVerifier;
import dev.adze.compress.export.ForeignFile;
import dev.adze.compress.pipeline.VerifyStep;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.Backend;
import dev.adze.runtime.backend.Backends;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Stack;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

@Command(name = "verify", mixinStandardHelpOptions = true, description = "Checks bundles as a device does: every byte"
        + " of the container, checksums, weights, and the golden vectors on this machine's kernels. With --with: also"
        + " exported files, in their own engines.")
final class VerifyCommand implements Runnable {
    @Parameters(paramLabel = "BUNDLE", arity = "1..*")
    private List<Path> bundles;

    @Option(names = "--with", arity = "1..2", paramLabel = "ENGINE", parameterConsumer = WithConsumer.class,
            description = "a file exported from the bundle, run in its engine on the golden vectors: onnx FILE, tflite FILE"
                    + " or torch FILE (a safetensors file in LibTorch); or the bundle itself on a backend of this machine:"
                    + " tensorrt, cuda, or a kernel by its name; may be given again")
    private List<With> exports = new ArrayList<>();

    @Mixin
    private HeldOutOptions heldOut;

    @Override
    public void run() {
        List<Backend> backends = Backends.all();
        for (With with : exports) {
            if (with instanceof WithBackend(String name)) {
                BackendVerifier.find(name, backends); // before a file behind a mistyped engine counts as a second bundle
            }
        }
        if (!exports.isEmpty() && bundles.size() != 1) {
            throw new AdzeException(AdzeException.Kind.USAGE, "--with checks the exports of one bundle, not of " + bundles.size());
        }
        for (Path bundle : bundles) {
            ForeignFile.requireBundle(bundle);
            System.out.println(bundle + ": ok, golden vectors agree on " + String.join(", ", VerifyStep.verify(bundle)));
        }
        for (With with : exports) {
            System.out.println(switch (with) {
                case WithFile(ExportTarget target, Path file) -> file + ": ok, "
                        + ExportVerifier.verify(bundles.getFirst(), target, file, heldOut.source()).describe();
                case WithBackend(String name) -> bundles.getFirst() + ": ok, "
                        + BackendVerifier.verify(bundles.getFirst(), name, backends, heldOut.source()).describe();
            });
        }
    }

    private sealed interface With {}

    private record WithFile(ExportTarget target, Path file) implements With {}

    private record WithBackend(String name) implements With {}

    /** A file follows the names of engines that run files alone, so that a bundle may follow the others. */
    static final class WithConsumer implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> left, ArgSpec option, CommandSpec command) {
            if (left.isEmpty()) {
                throw new ParameterException(command.commandLine(), "--with needs an engine: onnx FILE, tflite FILE, torch FILE,"
                        + " tensorrt, cuda or a kernel's name");
            }
            String engine = left.pop();
            Optional<ExportTarget> target = Optional.ofNullable(switch (engine) {
                case "onnx" -> ExportTarget.ONNX;
                case "tflite" -> ExportTarget.TFLITE;
                case "torch", "safetensors" -> ExportTarget.SAFETENSORS;
                default -> null;
            });
            if (target.isPresent() && left.isEmpty()) {
                throw new ParameterException(command.commandLine(), "--with " + engine + " needs the exported file after it");
            }
            List<With> with = option.getValue();
            with.add(target.<With>map(format -> new WithFile(format, Path.of(left.pop()))).orElseGet(() -> new WithBackend(engine)));
        }
    }
}
