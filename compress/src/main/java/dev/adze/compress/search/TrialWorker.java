package dev.adze.compress.search;

import dev.adze.compress.pipeline.StopSignal;
import dev.adze.runtime.AdzeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The other end of an engine that runs trials as processes: a {@link TrialJob} in, its outcome out, one line of JSON each. */
public final class TrialWorker {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TrialWorker() {}

    /**
     * @throws AdzeException USAGE if the line is no trial, INTERRUPTED if it was stopped, and what stops any trial here. The
     *     engine then tries again
     */
    public static void run(InputStream in, PrintStream out, String version, StopSignal stop) {
        endWithParent();
        TrialJob job = job(in);
        // A worker that was given up may still be at it: two must not write one trial.
        Path file = Path.of(job.folder()).resolve("trial.lock");
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE); var lock = channel.lock()) {
            out.println(JSON.writeValueAsString(TrialRunner.run(job, version, stop)));
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.CANNOT_WRITE, file + " cannot be locked (" + e.getMessage()
                    + "): workers need the search's folder under the same path, on a file system that locks", e);
        }
    }

    private static TrialJob job(InputStream in) {
        try {
            String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
            return JSON.readValue(line == null ? "" : line, TrialJob.class);
        } catch (IOException | JacksonException e) {
            throw new AdzeException(AdzeException.Kind.USAGE, "standard input holds no trial; adze search --engine starts this command", e);
        }
    }

    /** A lost executor must not leave its trial running: nobody would hear of it. */
    private static void endWithParent() {
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(143)));
    }
}
