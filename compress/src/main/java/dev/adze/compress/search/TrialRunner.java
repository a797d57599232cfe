package dev.adze.compress.search;

import dev.adze.compress.pipeline.Pipeline;
import dev.adze.compress.pipeline.Progress;
import dev.adze.compress.pipeline.StopSignal;
import dev.adze.compress.pipeline.TrialRun;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.compress.search.TrialJob.End;
import dev.adze.compress.search.TrialJob.Outcome;
import dev.adze.profiles.ProfileException;
import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Runs one sitting of a trial in this process; what it says goes to {@code log.txt} in its folder. */
final class TrialRunner {
    private TrialRunner() {}

    /** @throws AdzeException if the user stopped it, or if no trial could go on here: missing files, a full disk */
    static Outcome run(TrialJob job, String version, StopSignal stop) {
        long started = System.nanoTime();
        Path folder = Path.of(job.folder());
        try (var log = new PrintStream(Files.newOutputStream(folder.resolve("log.txt"), StandardOpenOption.CREATE,
                StandardOpenOption.APPEND), true, StandardCharsets.UTF_8)) {
            try {
                RecipeReader.Loaded loaded = RecipeReader.read(folder.resolve("recipe.yaml"), List.of());
                TrialRun.Result result = new Pipeline(loaded, null, folder, version, new Progress(log, false, stop))
                        .trial(new TrialRun.Mode(job.pauseAfter(), job.precision(), Path.of(job.teacher())));
                return outcome(job, result, seconds(started));
            } catch (AdzeException e) {
                switch (e.kind()) {
                    case INTERRUPTED, NOT_FOUND, CANNOT_WRITE -> throw e;
                    case USAGE, BAD_DATA, BAD_BUNDLE, MISMATCH, UNAVAILABLE, DIVERGED -> { }
                }
                return failed(job, e, started, log);
            } catch (ProfileException e) {
                return failed(job, e, started, log);
            } catch (RuntimeException e) {
                return failed(job, e, started, log); // LibTorch's own, such as too little memory for one candidate
            }
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.CANNOT_WRITE, folder + " cannot be written (" + e.getMessage()
                    + "): free some disk space or choose another folder with --out", e);
        }
    }

    private static double seconds(long started) {
        return (System.nanoTime() - started) / 1e9;
    }

    private static Outcome failed(TrialJob job, RuntimeException e, long started, PrintStream log) {
        e.printStackTrace(log);
        String message = String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
        return new Outcome(job.trial(), End.FAILED, 0, Double.NaN, null, "", 0, "", seconds(started),
                message.length() > 400 ? message.substring(0, 400) + "…" : message);
    }

    private static Outcome outcome(TrialJob job, TrialRun.Result result, double seconds) {
        return switch (result) {
            case TrialRun.Paused p -> new Outcome(job.trial(), End.PAUSED, p.epochs(), p.error(), null, "", 0, "", seconds, "");
            case TrialRun.Finished f when Double.isFinite(f.error()) -> new Outcome(job.trial(), End.FINISHED, f.epochs(), f.error(),
                    f.held(), f.bundle().getFileName().toString(), f.bytes(), f.network(), seconds, "");
            case TrialRun.Finished f -> new Outcome(job.trial(), End.FAILED, f.epochs(), Double.NaN, null, "", 0, f.network(), seconds,
                    "the validation error is " + f.error());
        };
    }
}
