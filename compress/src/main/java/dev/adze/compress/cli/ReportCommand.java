package dev.adze.compress.cli;

import dev.adze.compress.report.HtmlReport;
import dev.adze.compress.report.LiveRunFile;
import dev.adze.compress.report.ReportJson;
import dev.adze.compress.report.RunReport;
import dev.adze.compress.report.StageTable;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "report", mixinStandardHelpOptions = true,
        description = "Writes a run's report.html anew from its report.json, with a live agent's figures if given.")
final class ReportCommand implements Runnable {
    @Parameters(paramLabel = "RUN", description = "folder of a run, such as runs/quickstart")
    private Path run;

    @Option(names = "--live", paramLabel = "FILE", description = "JSON-lines report of adze-agent run --jsonl FILE")
    private Path live;

    @Override
    public void run() {
        RunReport report = ReportJson.read(run.resolve("report.json"));
        if (live != null) {
            report = report.withLive(LiveRunFile.read(live));
            ReportJson.write(report, run.resolve("report.json"));
        }
        HtmlReport.write(report, run.resolve("report.html"));
        System.out.print(StageTable.console(report.rows()));
        System.out.println("report: " + run.resolve("report.html"));
    }
}
