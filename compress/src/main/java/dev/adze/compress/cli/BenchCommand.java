package dev.adze.compress.cli;

import dev.adze.compress.bench.BenchRun;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "bench", mixinStandardHelpOptions = true, description = "Measures our kernels beside other engines and"
        + " this machine's own limit, interleaved in one run on the same weights and inputs; writes the table as"
        + " bench.json, bench.svg and bench.html.")
final class BenchCommand implements Runnable {
    @Parameters(paramLabel = "BUNDLE|PRESET", arity = "0..1", defaultValue = "student-3.8m",
            description = "a bundle (.adze), or a preset with random weights (default: ${DEFAULT-VALUE})")
    private String subject;

    @Option(names = "--against", paramLabel = "BUNDLE|PRESET", description = "a bigger model that the other engines"
            + " compute in fp32 in the same run, for example teacher-12m")
    private String against;

    @Option(names = "--threads", split = ",", paramLabel = "N", description = "numbers of threads, a run each"
            + " (default: 1 and all processors)")
    private List<Integer> threads;

    @Option(names = "--seconds", defaultValue = "20", description = "about how long one run lasts; there is one for each"
            + " number of threads and mode (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Option(names = "--engines", split = ",", paramLabel = "ENGINE", description = "which take part, of scalar, vector,"
            + " native, native-tiers (also the slower ones), onnxruntime, tflite, libtorch (default: all but scalar and native-tiers)")
    private List<String> engines;

    @Option(names = "--steps", defaultValue = "50", description = "steps of a window (default: ${DEFAULT-VALUE})")
    private int steps;

    @Option(names = "--inputs", defaultValue = "32", description = "inputs of a preset (default: ${DEFAULT-VALUE})")
    private int inputs;

    @Option(names = "--outputs", defaultValue = "1", description = "outputs of a preset (default: ${DEFAULT-VALUE})")
    private int outputs;

    @Option(names = "--seed", defaultValue = "1", description = "of weights, inputs and order (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--out", paramLabel = "FOLDER", defaultValue = "bench", description = "where bench.json, bench.svg and"
            + " bench.html go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Option(names = "--page", paramLabel = "FILE", description = "a Markdown page (.md) that gets the results too, with"
            + " the picture beside it; what is written around them stays")
    private Path page;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        new BenchRun(subject, against, threads, engines, seconds, steps, inputs, outputs, seed, out, page,
                "adze " + String.join(" ", spec.commandLine().getParent().getParseResult().originalArgs())).run(System.out, System.err);
    }
}
