package dev.adze.compress.pipeline;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file {@code run.json} of a run: what was run last, how far it came, and which of the kept steps it used. Written at
 * every change, so that it is right after a kill too.
 */
final class RunJournal {
    static final String FILE = "run.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    enum State { RUNNING, FINISHED, STOPPED, FAILED }

    /**
     * @param adzeRun      version of this format
     * @param recipeSha256 of the effective recipe
     * @param until        the step that the command was to end with
     * @param pid          of the process, with {@code processStart} to tell it from a later one of the same number
     * @param ended        epoch milliseconds; 0 while it runs
     * @param message      of the error, if it failed
     * @param steps        folders under {@code steps} that this recipe has used, over all its sittings
     */
    record Entry(int adzeRun, String recipe, String recipeSha256, String version, String until, long pid, long processStart,
            long started, long ended, State state, String message, List<String> steps) {
        Entry {
            steps = List.copyOf(steps);
        }

        private Entry with(long ended, State state, String message, List<String> steps) {
            return new Entry(adzeRun, recipe, recipeSha256, version, until, pid, processStart, started, ended, state, message, steps);
        }

        /** In one word: one that says it runs but whose process is gone was killed. */
        String word() {
            return state == State.RUNNING && !alive() ? "killed" : state.name().toLowerCase(Locale.ROOT);
        }

        boolean alive() {
            return state == State.RUNNING && ProcessHandle.of(pid)
                    .map(process -> process.isAlive() && startMillis(process) == processStart).orElse(false);
        }
    }

    private final Path file;
    private Entry entry;

    private RunJournal(Path file, Entry entry) {
        this.file = file;
        this.entry = entry;
    }

    /** Begins a sitting. Steps that the same recipe used before stay its own. */
    static RunJournal begin(Path root, String recipe, String recipeSha256, String version, String until) {
        Path file = root.resolve(FILE);
        List<String> before = read(root).filter(old -> old.recipeSha256().equals(recipeSha256)).map(Entry::steps).orElse(List.of());
        ProcessHandle self = ProcessHandle.current();
        var journal = new RunJournal(file, new Entry(1, recipe, recipeSha256, version, until, self.pid(), startMillis(self),
                System.currentTimeMillis(), 0, State.RUNNING, "", before));
        journal.write();
        return journal;
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
    }

    /** Empty where there is none that can be read: a run of an older Adze, say. */
    static Optional<Entry> read(Path root) {
        try {
            Entry entry = JSON.readValue(Files.readAllBytes(root.resolve(FILE)), Entry.class);
            return entry.adzeRun() == 1 ? Optional.of(entry) : Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    void use(String step) {
        if (!entry.steps().contains(step)) {
            var steps = new ArrayList<>(entry.steps());
            steps.add(step);
            entry = entry.with(0, entry.state(), "", steps);
            write();
        }
    }

    void finish() {
        entry = entry.with(System.currentTimeMillis(), State.FINISHED, "", entry.steps());
        write();
    }

    /** Tells nothing if it cannot be written: the error at hand matters more. */
    void fail(Throwable error) {
        boolean stopped = error instanceof AdzeException mendable && mendable.kind() == AdzeException.Kind.INTERRUPTED;
        entry = entry.with(System.currentTimeMillis(), stopped ? State.STOPPED : State.FAILED,
                stopped ? "" : String.valueOf(error.getMessage()), entry.steps());
        try {
            write();
        } catch (AdzeException full) {
            error.addSuppressed(full);
        }
    }

    private void write() {
        RunFolder.write(file, JSON.writeValueAsBytes(entry));
    }
}
