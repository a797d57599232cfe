package dev.adze.compress.cli;

import dev.adze.compress.export.ForeignFile;
import dev.adze.compress.pipeline.Requantizer;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "quantize", mixinStandardHelpOptions = true, description = "Stores a fp32 bundle's weights in fewer bits,"
        + " with no need of data: int8 symmetric per output channel, int4 in groups of 32 with the least squared error, fp16."
        + " (A recipe's own student is quantized by adze export and adze run.)")
final class QuantizeCommand implements Runnable {
    private static final double MAX_PRUNE = 0.95;

    @Parameters(paramLabel = "BUNDLE", description = "a fp32 bundle")
    private Path bundle;

    @Option(names = "--precision", defaultValue = "int8", paramLabel = "PRECISION",
            description = "fp16, int8, int4, or mixed: one for every layer, chosen under --budget-bytes or --budget-micros by what"
                    + " it costs on the validation part of --recipe (default: ${DEFAULT-VALUE})")
    private String precision;

    @Option(names = "--hold", defaultValue = "0", paramLabel = "DIGITS",
            description = "int8, int4: delta updates; a hidden value counts as unmoved, and its columns are left out, until"
                    + " it has moved by DIGITS of 127; 0 to 127 (default: ${DEFAULT-VALUE}, none)")
    private int hold;

    @Option(names = "--hold-loss", defaultValue = "0", paramLabel = "SHARE",
            description = "int8, int4: find a --hold for every layer on the validation part of --recipe, such that the error rises by at"
                    + " most this share; above 0 to 1")
    private double holdLoss;

    @Option(names = "--prune", defaultValue = "0", paramLabel = "SHARE",
            description = "int8: block-sparse weights; this share of each layer's blocks of 16 x 4 weights, those with the"
                    + " smallest mean squares, becomes zero and is left out of file and computation; 0 to 0.95 (default:"
                    + " ${DEFAULT-VALUE}, none). Costs accuracy: measure it with --recipe")
    private double prune;

    @Option(names = "--budget-bytes", defaultValue = "0", paramLabel = "BYTES",
            description = "mixed: all tensors together, without manifest and golden vectors")
    private long budgetBytes;

    @Option(names = "--budget-micros", defaultValue = "0", paramLabel = "MICROSECONDS",
            description = "mixed: 99th percentile of a step, by --table")
    private double budgetMicros;

    @Option(names = "--table", paramLabel = "FILE", description = "latency table of the device (adze-agent calibrate)")
    private Path table;

    @Mixin
    private HeldOutOptions heldOut;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "the bundle to write")
    private Path out;

    @Override
    public void run() {
        Precision target = switch (precision) {
            case "fp16" -> Precision.FP16;
            case "int8" -> Precision.INT8;
            case "int4" -> Precision.INT4;
            case "mixed" -> Precision.MIXED;
            default -> throw new AdzeException(AdzeException.Kind.USAGE,
                    "--precision " + precision + " is unknown; use fp16, int8, int4 or mixed");
        };
        ForeignFile.requireBundle(bundle);
        if (hold < 0 || hold > Lstm.MAX_HOLD || hold > 0 && target == Precision.FP16) {
            throw new AdzeException(AdzeException.Kind.USAGE,
                    "--hold " + hold + " does not fit; use 0 to " + Lstm.MAX_HOLD + ", with int8 or int4");
        }
        if (!(prune >= 0 && prune <= MAX_PRUNE) || prune > 0 && (target != Precision.INT8 || hold > 0)) {
            throw new AdzeException(AdzeException.Kind.USAGE,
                    "--prune " + prune + " does not fit; use 0 to " + MAX_PRUNE + ", with int8 and without --hold");
        }
        System.out.println(Requantizer.quantize(bundle, new Requantizer.Form(target, hold, prune, mixture(target), holds(target)), heldOut.source(), out,
                Main.version()));
    }

    private Optional<Requantizer.Holds> holds(Precision target) {
        if (holdLoss == 0) {
            return Optional.empty();
        }
        if (!(holdLoss > 0 && holdLoss <= 1) || hold > 0 || prune > 0 || target != Precision.INT8 && target != Precision.INT4) {
            throw new AdzeException(AdzeException.Kind.USAGE, "--hold-loss " + holdLoss
                    + " does not fit; use above 0 to 1, with int8 or int4 and without --hold and --prune");
        }
        var judge = heldOut.validation().orElseThrow(() -> new AdzeException(AdzeException.Kind.USAGE, "--hold-loss judges thresholds on"
                + " validation data: name the recipe that made the bundle with --recipe"));
        return Optional.of(new Requantizer.Holds(holdLoss, judge, System.out::println));
    }

    private Optional<Requantizer.Mixture> mixture(Precision target) {
        boolean budget = budgetBytes > 0 || budgetMicros > 0;
        if (target != Precision.MIXED) {
            if (budget || budgetBytes < 0 || budgetMicros < 0 || table != null) {
                throw new AdzeException(AdzeException.Kind.USAGE, "--budget-bytes, --budget-micros and --table are for --precision mixed");
            }
            return Optional.empty();
        }
        if (!budget || budgetBytes < 0 || budgetMicros < 0 || budgetMicros > 0 && table == null) {
            throw new AdzeException(AdzeException.Kind.USAGE, "--precision mixed needs a budget: --budget-bytes above 0, or --budget-micros"
                    + " above 0 with --table (adze-agent calibrate writes one)");
        }
        var judge = heldOut.validation().orElseThrow(() -> new AdzeException(AdzeException.Kind.USAGE, "--precision mixed judges layers on"
                + " validation data: name the recipe that made the bundle with --recipe"));
        return Optional.of(new Requantizer.Mixture(budgetBytes, budgetMicros, table, judge, System.out::println));
    }
}
