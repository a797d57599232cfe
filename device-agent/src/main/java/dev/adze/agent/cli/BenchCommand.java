package dev.adze.agent.cli;

import dev.adze.agent.bench.SingleStream;
import dev.adze.agent.bench.SingleStream.Result;
import dev.adze.agent.sample.MonotonicClock;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.backend.FastestModel.Choice;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.bundle.GoldenCase;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "bench",
        description = "Measures what a decision of a bundle costs on this device, on the engine that measures fastest, after"
                + " MLPerf's rules for single stream; without sensors.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "BUNDLE", description = "The model; its golden vectors are the queries.")
    private Path bundle;

    @Option(names = "--single-stream", required = true,
            description = "The scenario: the next query is issued when the one before is answered.")
    private boolean singleStream;

    @Option(names = "--min-duration", paramLabel = "TIME", defaultValue = "600s",
            description = "MLPerf asks for 600s (default: ${DEFAULT-VALUE}).")
    private String duration;

    @Option(names = "--min-queries", paramLabel = "N", defaultValue = "64",
            description = "64 are the fewest for an estimate of p90, 662 for p99 (default: ${DEFAULT-VALUE}).")
    private long queries;

    @Override
    public Integer call() {
        long nanos = Math.round(1e9 * Durations.seconds("--min-duration", duration));
        if (queries < 1) {
            throw new AdzeException(Kind.USAGE, "--min-queries " + queries + ": give at least 1");
        }
        try (AgentModel chosen = AgentModel.fastest(bundle, Choice.auto(Optional.empty(), line -> System.err.println("adze-agent: " + line)))) {
            chosen.choice().forEach(System.out::println);
            WarmUp.exercise(chosen.model(), MonotonicClock.system());
            var stopped = new AtomicBoolean();
            main.stopSignal().onSignal(() -> stopped.set(true));
            print(new SingleStream(nanos, queries, System::nanoTime).run(chosen.model(), library(), stopped::get),
                    AgentModel.kernelText(chosen.model().network()));
        }
        return 0;
    }

    private List<GoldenCase> library() {
        try (Arena arena = Arena.ofConfined()) {
            return BundleReader.read(bundle, arena).goldenCases();
        }
    }

    private void print(Result result, String kernel) {
        System.out.printf(Locale.ROOT, "single stream, %s on %s: %d queries in %.1f s%n", bundle.getFileName(), kernel,
                result.queries(), result.nanos() / 1e9);
        for (double percentile : new double[] {0.9, 0.99}) {
            long estimate = result.earlyStopping(percentile);
            String label = "p" + Math.round(100 * percentile);
            System.out.println(estimate < 0 ? label + ": no estimate, it takes at least " + Result.fewestQueries(percentile) + " queries"
                    : String.format(Locale.ROOT, "%s: %.3f µs by early stopping (confidence 99 %%, %d slowest left out), %.3f µs observed",
                            label, estimate / 1e3, result.leftOut(percentile), result.observed(percentile) / 1e3));
        }
        System.out.printf(Locale.ROOT, "mean %.3f µs, fastest %.3f µs, slowest %.3f µs%n", result.latencies().getMean() / 1e3,
                result.latencies().getMinValue() / 1e3, result.latencies().getMaxValue() / 1e3);
        System.out.println(result.valid() ? result.leastNanos() >= 600_000_000_000L ? "valid after MLPerf's rules for single stream"
                : "complete, but shorter than the 600 s of MLPerf's rules" : "not valid: ended before its time or queries were reached");
    }
}
