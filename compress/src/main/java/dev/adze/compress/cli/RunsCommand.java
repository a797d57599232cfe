package dev.adze.compress.cli;

import dev.adze.compress.pipeline.RunHistory;
import dev.adze.compress.report.ConsoleTable;
import dev.adze.compress.report.ConsoleTable.Column;
import dev.adze.compress.report.StageResult;
import dev.adze.compress.report.StageTable;
import dev.adze.compress.report.Units;
import dev.adze.runtime.AdzeException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "runs", mixinStandardHelpOptions = true, description = {"Lists and compares runs, newest first: state, and of"
    + " every stage its error, parameters, file and latency.", "With --prune: tells which kept steps the newest recipe of each"
    + " run does not use; with --yes too, removes them."})
final class RunsCommand implements Runnable {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

    @Parameters(arity = "0..1", paramLabel = "FOLDER", defaultValue = "runs", description = "of the runs, or one run's; default: runs")
    private Path folder;

    @Option(names = "--prune", description = "tell what of the step caches is not needed by each run's newest recipe")
    private boolean prune;

    @Option(names = "--yes", description = "with --prune: remove it")
    private boolean yes;

    @Override
    public void run() {
        if (yes && !prune) {
            throw new AdzeException(AdzeException.Kind.USAGE, "--yes goes with --prune");
        }
        if (prune) {
            prune();
        } else {
            list();
        }
    }

    private void list() {
        List<RunHistory.Run> runs = RunHistory.of(folder);
        var table = new ConsoleTable(Column.text("run"), Column.text("date"), Column.text("state"), Column.number("disk"),
                Column.text("stage"), Column.number("parameters"), Column.number("file"), Column.text("error"), Column.number("vs first"),
                Column.number("step p50"));
        for (RunHistory.Run run : runs) {
            String date = DATE.format(Instant.ofEpochMilli(run.changed()).atZone(ZoneId.systemDefault()));
            if (run.stages().isEmpty()) {
                table.row(run.name(), date, run.state(), Units.bytes(run.bytes()), "", "", "", "", "", "");
            }
            for (StageResult stage : run.stages()) {
                boolean first = stage == run.stages().getFirst();
                table.row(first ? run.name() : "", first ? date : "", first ? run.state() : "", first ? Units.bytes(run.bytes()) : "",
                        stage.name(), Units.count(stage.parameters()), Units.bytes(stage.fileBytes()),
                        stage.metric().heading() + " " + StageTable.value(stage.metric()), first ? "" : change(run.stages().getFirst(), stage),
                        stage.latency() == null ? Units.MISSING : Units.micros(stage.latency().p50Micros()));
            }
        }
        System.out.print(table);
        runs.stream().filter(run -> !run.message().isEmpty()).forEach(run -> System.out.println(run.name() + ": " + run.message()));
    }

    /** Of the stage's figure against the first stage's of the same run. */
    private static String change(StageResult first, StageResult stage) {
        double before = first.metric().value();
        if (!first.metric().heading().equals(stage.metric().heading()) || before == 0) {
            return Units.MISSING;
        }
        return String.format(Locale.ROOT, "%+.1f %%", 100 * (stage.metric().value() - before) / Math.abs(before));
    }

    private void prune() {
        long bytes = 0;
        for (RunHistory.Prunable run : RunHistory.prunable(folder)) {
            if (run.kept() != null) {
                System.out.println(run.run().name() + ": left alone, " + run.kept());
            }
            for (RunHistory.Unused step : run.unused()) {
                if (yes) {
                    RunHistory.remove(step);
                }
                bytes += step.bytes();
                System.out.println((yes ? "removed " : "would remove ") + step.folder() + ", " + Units.bytes(step.bytes()));
            }
        }
        System.out.println(bytes == 0 ? "nothing to remove" : yes ? Units.bytes(bytes) + " freed"
                : Units.bytes(bytes) + " would be freed; add --yes to remove them");
    }
}
