package dev.adze.compress.bench;

import dev.adze.compress.pipeline.Describe;
import dev.adze.compress.report.BenchReport.Comparison;
import dev.adze.compress.report.BenchReport.Row;
import dev.adze.compress.report.BenchReport;
import dev.adze.compress.report.KeyValue;
import dev.adze.compress.report.Units;
import dev.adze.runtime.model.Precision;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.Consumer;

/** Runs all heats and puts their results into a report. */
final class Benchmark {
    private final BenchSpec spec;
    private final Workload against;
    private final String command;
    private final Consumer<String> progress;
    private final List<Row> rows = new ArrayList<>();
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<KeyValue> limits = new ArrayList<>();
    private final SequencedMap<String, KeyValue> versions = new LinkedHashMap<>();

    private Benchmark(BenchSpec spec, Workload against, String command, Consumer<String> progress) {
        this.spec = spec;
        this.against = against;
        this.command = command;
        this.progress = progress;
    }

    /**
     * @param against  null or a second, bigger model that the other engines compute in fp32 in the same run
     * @param command  as typed
     * @param progress takes lines for people
     */
    static BenchReport run(BenchSpec spec, Workload against, String command, Consumer<String> progress) {
        return new Benchmark(spec, against, command, progress).run();
    }

    private BenchReport run() {
        List<Engine> engines = Engines.of(spec.engines());
        if (spec.workload().allowsLeavingOut()) {
            engines.addAll(Engines.leavingNothingOut(engines));
        }
        List<KeyValue> facts = new ArrayList<>(List.of(new KeyValue("command", command),
                new KeyValue("date", LocalDate.now(ZoneOffset.UTC).toString())));
        facts.addAll(MachineFacts.facts());
        List<String> warnings = new ArrayList<>();
        for (int threads : spec.threads()) {
            for (Mode mode : spec.modes()) {
                String heat = mode.label(spec.workload().windowSteps()) + ", " + threads
                        + (threads == 1 ? " thread" : " threads");
                progress.accept("measuring " + heat + " …");
                LoadWatch watch = LoadWatch.start();
                List<Result> results = new Heat(spec, against, engines, mode, threads).run();
                LoadWatch.Load load = watch.stop();
                facts.add(new KeyValue("other load, " + heat, load.text()));
                if (load.busy()) {
                    warnings.add("warning: the machine was busy during " + heat + " (" + load.text()
                            + "): trust the ratios, not the times");
                }
                collect(results, mode, threads);
            }
        }
        warnings.forEach(progress);
        facts.addAll(versions.values());
        if (!spec.workload().stated().isEmpty()) {
            facts.add(new KeyValue("the bundle states", spec.workload().stated()));
        }
        facts.addAll(limits);
        facts.add(new KeyValue("clock", String.format(Locale.ROOT, "%.0f ns a reading, not subtracted", clockNanos())));
        facts.add(new KeyValue("largest output", Units.significant(Accuracy.of(spec.workload()).largestOutput(), 2)
                + " (the errors are absolute)"));
        facts.add(new KeyValue("seed", String.valueOf(spec.seed())));
        List<String> methods = new ArrayList<>(warnings);
        methods.addAll(methods());
        Workload workload = spec.workload();
        return new BenchReport("adze bench " + workload.name(), Describe.network(workload.network()), rows, comparisons,
                facts, methods);
    }

    private void collect(List<Result> results, Mode mode, int threads) {
        String label = mode.label(spec.workload().windowSteps());
        for (Result result : results) {
            Result.Subject subject = result.subject();
            if (!result.version().isEmpty()) {
                versions.putIfAbsent(subject.id(), new KeyValue(subject.name(), result.version()));
            }
            if (subject.limit()) {
                double bytes = spec.workload().tensors(subject.precision()).byteSize();
                limits.add(new KeyValue("limit, " + subject.precisionLabel() + ", " + subject.name(),
                        Units.micros(result.medianMicros()) + String.format(Locale.ROOT, ", %.1f GB/s of %s",
                                bytes / result.medianMicros() / 1e3, Units.bytes((long) bytes))));
                continue;
            }
            if (subject.threads() != threads) {
                continue; // only there to be compared with
            }
            boolean second = !subject.workload().equals(spec.workload().name());
            rows.add(row(result, second ? label + " of " + subject.workload() : label, threads,
                    second ? null : limit(results, subject.precision())));
        }
        comparisons.addAll(threads == 1 ? Comparisons.of(spec.workload(), mode, results)
                : Comparisons.ofThreads(spec.workload(), mode, threads, results));
    }

    private static Double limit(List<Result> results, Precision precision) {
        return results.stream().filter(r -> r.subject().limit() && r.subject().precision() == precision && r.measured())
                .map(Result::medianMicros).min(Double::compare).orElse(null);
    }

    private static Row row(Result result, String mode, int threads, Double limit) {
        Result.Subject subject = result.subject();
        Double error = Double.isNaN(result.maxError()) && result.samples() == null ? null : result.maxError();
        if (!result.measured()) {
            String missing = result.missing() != null ? result.missing() : "n/a (" + result.samples().rounds() + " rounds)";
            return new Row(subject.name(), subject.ours(), subject.precisionLabel(), mode, threads, null, null, null,
                    null, null, null, null, limit, error, null, missing);
        }
        Samples.Estimate median = result.samples().median();
        Samples.Estimate p99 = result.samples().p99();
        return new Row(subject.name(), subject.ours(), subject.precisionLabel(), mode, threads, median.value(),
                median.low(), median.high(), p99.value(), p99.low(), p99.high(), result.samples().calls(), limit, error,
                Double.isNaN(result.leftOut()) ? null : result.leftOut(), null);
    }

    /** Time between two readings of the clock, which is in every sample. */
    private static double clockNanos() {
        int readings = 100_000;
        long begin = System.nanoTime();
        long end = begin;
        for (int i = 0; i < readings; i++) {
            end = System.nanoTime();
        }
        return (double) (end - begin) / readings;
    }

    private List<String> methods() {
        List<String> methods = new ArrayList<>(List.of(
                "All engines of a table compute the same network with the same fp32 weights on the same inputs ("
                        + spec.workload().inputsFrom() + ", batch 1) in one process; each makes its int8 weights from the fp32 ones by its own rules.",
                "Up to " + Rounds.ROUNDS + " rounds; in each, every engine once, in a new random order: one call untimed, "
                        + "then calls timed one by one. Slow engines sit rounds out. Warm-up until Java has compiled.",
                "p50 is the median of the rounds' medians and its 95 % interval comes from their order statistics; p99 "
                        + "is that of all calls and is not given for fewer than 1,000.",
                "Ratios are medians of the rounds' own ratios, with intervals likewise.",
                "A call is a whole step (all layers, activations, head) with the features handed in and the outputs "
                        + "taken out as a Java program does, or a window of such steps from zero state.",
                "With more than one thread only those take part that can share a step: of ours, the native kernel.",
                "limit: the time of the fastest loop that only reads as many bytes as the model's tensors have in that "
                        + "precision, one thread, taking part in the same rounds.",
                "max error: largest absolute difference of an output from a computation in double precision with the "
                        + "fp32 weights, over 100 streamed steps, or 2 windows."));
        if (spec.workload().allowsLeavingOut()) {
            methods.add("left out: share of the multiply-accumulates of all layers that is not computed on these inputs, since "
                    + "weights are zero in blocks or held digits stand still; the bits are those of all products. Other "
                    + "engines, and double precision, know neither: the max errors have in them what holding digits costs.");
        }
        return methods;
    }
}
