package dev.adze.compress.cli;

import dev.adze.compress.pipeline.Pipeline;
import dev.adze.compress.pipeline.Progress;
import dev.adze.compress.pipeline.StopSignal;
import dev.adze.compress.recipe.RecipeFiles;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.compress.report.HtmlReport;
import dev.adze.compress.report.LiveRunFile;
import dev.adze.compress.report.ReportJson;
import dev.adze.compress.report.RunReport;
import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "quickstart", mixinStandardHelpOptions = true, description = "The whole way in a few minutes: a teacher"
        + " and a distilled int8 student from the recording that comes with Adze, then the student on this machine's own"
        + " sensors.")
final class QuickstartCommand implements Runnable {
    @Option(names = "--out", paramLabel = "FOLDER", defaultValue = "runs/quickstart",
            description = "where results go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Option(names = "--live-seconds", defaultValue = "20",
            description = "how long the agent runs on this machine's sensors (default: ${DEFAULT-VALUE})")
    private int liveSeconds;

    @Override
    public void run() {
        RecipeReader.Loaded recipe = RecipeReader.read(RecipeFiles.find("quickstart"), List.of());
        Pipeline.Result result;
        try (var stop = new StopSignal()) {
            result = new Pipeline(recipe, null, out, Main.version(), new Progress(System.out, RecipeOptions.terminal(), stop))
                    .run(Pipeline.Step.REPORT);
        }
        if (liveSeconds > 0) {
            Path lines = live(result.bundles().getLast());
            RunReport report = result.report().orElseThrow().withLive(LiveRunFile.read(lines));
            ReportJson.write(report, out.resolve("report.json"));
            HtmlReport.write(report, out.resolve("report.html"));
        }
        System.out.println();
        System.out.println("Open " + out.resolve("report.html").toAbsolutePath() + " in a browser.");
    }

    /** Runs the agent as a user would, as a process of its own: nothing of the compressor is on the device. */
    private Path live(Path bundle) {
        Path agent = RecipeFiles.home().resolve("adze-agent");
        Path lines = out.resolve("live.jsonl");
        System.out.println();
        System.out.println("adze-agent: " + bundle.getFileName() + " on this machine's sensors for " + liveSeconds + " s");
        try {
            Files.deleteIfExists(lines);
            Files.writeString(out.resolve("profile.yaml"), profile(bundle), StandardCharsets.UTF_8);
            int code = new ProcessBuilder(agent.toString(), "run", "--profile", out.resolve("profile.yaml").toString(),
                    "--jsonl", lines.toString(), "--duration", liveSeconds + "s").inheritIO().start().waitFor();
            if (code != 0) {
                throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "the agent left with exit code " + code
                        + " (its message is above); the trained bundles are in " + out);
            }
            return lines;
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.UNAVAILABLE, "the agent cannot be started (" + e.getMessage()
                    + "): run ./adze from the project's folder", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdzeException(AdzeException.Kind.INTERRUPTED, "stopped while the agent ran; the bundles are in " + out);
        }
    }

    private static String profile(Path bundle) {
        return """
                # Written by adze quickstart; change it and run: adze-agent run --profile THIS-FILE
                adze-profile: 1
                name: quickstart
                device:
                  board: this host
                bundle: %s
                sensors:
                  rate-hz: 4
                reporting:
                  console-interval-s: 5
                """.formatted(bundle.getFileName());
    }
}
