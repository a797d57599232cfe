package dev.adze.compress.cli;

import dev.adze.compress.export.ExportForm;
import dev.adze.compress.export.ExportPrecision;
import dev.adze.compress.export.ExportRequest;
import dev.adze.compress.export.ExportTarget;
import dev.adze.compress.export.Exporter;
import dev.adze.compress.export.ForeignFile;
import dev.adze.compress.pipeline.Pipeline;
import dev.adze.compress.report.Units;
import dev.adze.runtime.AdzeException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "export", mixinStandardHelpOptions = true, description = {"Runs a recipe up to its bundles (.adze).",
    "With --to: writes one bundle for another engine, and runs the file there on the golden vectors before it is kept:"
            + " adze export BUNDLE --to onnx|tflite|safetensors --out FILE (docs/exports.md)."})
final class ExportCommand implements Runnable {
    enum State { CARRIED, EXPLICIT }

    @Mixin
    private RecipeOptions options;

    @Option(names = "--to", paramLabel = "FORMAT", description = "onnx, tflite or safetensors")
    private ExportTarget target;

    @Option(names = "--form", paramLabel = "FORM", description = "step (streaming, state carried on) or window (from zero"
            + " state, last outputs); default: the bundle's own mode")
    private ExportForm form;

    @Option(names = "--precision", paramLabel = "PRECISION", description = "fp32, int8, for onnx also int8-qdq and"
            + " int8-weights, for tflite also int8-full and int16x8; default: the bundle's own")
    private String precision;

    @Option(names = "--state", paramLabel = "WHERE", defaultValue = "CARRIED", description = "tflite: carried (in the engine,"
            + " default) or explicit (inputs and outputs)")
    private State state;

    @Option(names = "--preprocess", description = "onnx of form step: the preprocessing inside the graph, so that raw values"
            + " go in")
    private boolean preprocess;

    @Option(names = "--recipe", paramLabel = "RECIPE", description = "with --to: the recipe that made the bundle; the file is"
            + " then also judged on its held-out part (--data and --set as in a run)")
    private String heldOutRecipe;

    @Override
    public void run() {
        if (target == null) {
            requireNoExportOptions();
            options.run(Pipeline.Step.BUNDLE);
            return;
        }
        Path out = options.out();
        if (out == null) {
            throw new AdzeException(AdzeException.Kind.USAGE, "--to " + DataOptions.name(target) + " needs --out FILE");
        }
        Exporter.Result result = Exporter.export(Path.of(options.subject()), new ExportRequest(target,
                Optional.ofNullable(form), Optional.ofNullable(precision).map(ExportCommand::precision),
                state == State.EXPLICIT, preprocess), out,
                HeldOutOptions.source(heldOutRecipe, options.overrides(), options.data()));
        System.out.println(result.file() + ": " + result.description() + ", " + Units.bytes(result.bytes()));
        System.out.println(result.parity().describe());
        System.out.println("report: " + result.report());
    }

    private void requireNoExportOptions() {
        ForeignFile.requireBundle(Path.of(options.subject()));
        if (form != null || precision != null || state != State.CARRIED || heldOutRecipe != null || preprocess || options.subject().endsWith(".adze")) {
            throw new AdzeException(AdzeException.Kind.USAGE, "to export a bundle, say to what: --to onnx, tflite or safetensors");
        }
    }

    private static ExportPrecision precision(String word) {
        return Arrays.stream(ExportPrecision.values()).filter(p -> p.word().equalsIgnoreCase(word)).findFirst()
                .orElseThrow(() -> new AdzeException(AdzeException.Kind.USAGE, "--precision " + word + " is not known; choose "
                        + Arrays.stream(ExportPrecision.values()).map(ExportPrecision::word).collect(Collectors.joining(", "))));
    }
}
