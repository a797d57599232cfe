package dev.adze.compress.bench;

import dev.adze.compress.report.BenchPage;
import dev.adze.compress.report.BenchPictures;
import dev.adze.compress.report.BenchReport;
import dev.adze.compress.report.BenchTable;
import dev.adze.compress.report.ReportJson;
import dev.adze.runtime.AdzeException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code adze bench} does, from its options to its files.
 *
 * @param subject a bundle's file or a preset's id
 * @param against likewise, a second model for the other engines; null for none
 * @param threads null for 1 and all processors
 * @param engines ids; null for the default ones
 * @param seconds of a run: one for each number of threads and mode
 * @param steps   of a window
 * @param page    a Markdown page that gets the results too; null for none
 * @param command as typed, for the report
 */
public record BenchRun(String subject, String against, List<Integer> threads, List<String> engines, double seconds,
        int steps, int inputs, int outputs, long seed, Path out, Path page, String command) {
    private static final int MAX_STEPS = 10_000;

    /** @throws AdzeException USAGE if an option does not fit, NOT_FOUND, BAD_BUNDLE, CANNOT_WRITE */
    public BenchReport run(PrintStream console, PrintStream progress) {
        check();
        int processors = Runtime.getRuntime().availableProcessors();
        List<Integer> threadCounts = threads != null ? threads : processors == 1 ? List.of(1) : List.of(1, processors);
        var spec = new BenchSpec(workload(subject), engines == null ? Engines.DEFAULT_IDS : engines,
                threadCounts, List.of(Mode.values()), seconds, seed);
        Engines.of(spec.engines());
        BenchReport report = Benchmark.run(spec, against == null ? null : workload(against), command, progress::println);
        console.print(BenchTable.console(report));
        if (!report.comparisons().isEmpty()) {
            console.println();
            console.print(BenchTable.comparisons(report));
        }
        console.println();
        report.facts().forEach(fact -> console.println(fact.key() + ": " + fact.value()));
        ReportJson.write(report, out.resolve("bench.json"));
        BenchPictures.writeSvg(report, out.resolve("bench.svg"));
        BenchPictures.writeHtml(report, out.resolve("bench.html"));
        if (page != null) {
            BenchPage.update(report, page);
        }
        console.println("written: " + out.resolve("bench.html") + ", bench.svg, bench.json" + (page == null ? "" : ", " + page));
        return report;
    }

    private void check() {
        require(seconds > 0 && seconds <= 3600, "--seconds is " + seconds + "; give more than 0 and at most 3600");
        require(steps >= 1 && steps <= MAX_STEPS, "--steps is " + steps + "; give 1 to " + MAX_STEPS);
        require(threads == null || !threads.isEmpty() && threads.stream().allMatch(n -> n >= 1 && n <= 1024),
                "--threads is " + threads + "; give numbers from 1 to 1024");
        if (page != null) {
            BenchPage.require(page);
        }
        require(!Files.isRegularFile(out), "--out " + out + " is a file; give a folder");
    }

    private Workload workload(String name) {
        return name.endsWith(".adze") || Files.exists(Path.of(name)) ? Workload.ofBundle(Path.of(name), steps, seed)
                : Workload.ofPreset(name, inputs, outputs, steps, seed);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AdzeException(AdzeException.Kind.USAGE, message);
        }
    }
}
