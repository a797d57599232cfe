package dev.adze.compress.pipeline;

import dev.adze.compress.report.ReportJson;
import dev.adze.compress.report.StageResult;
import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The runs in a folder, newest first, and what of their kept steps is needed no more. */
public final class RunHistory {
    private RunHistory() {}

    /**
     * @param name    of its folder
     * @param changed epoch milliseconds: when it last began, or for runs of older versions when its folder changed
     * @param state   {@code finished}, {@code stopped}, {@code failed}, {@code running}, {@code killed}, or {@code unknown}
     * @param message of the error, if it failed
     * @param stages  of its report; empty if there is none
     * @param bytes   on disk, all together
     */
    public record Run(String name, Path folder, long changed, String state, String message, List<StageResult> stages, long bytes) {}

    /** @param bytes on disk */
    public record Unused(Path folder, long bytes) {}

    /**
     * @param unused steps of the run that its newest recipe does not use, in order of name
     * @param kept   why the run is left alone; null where it is not
     */
    public record Prunable(Run run, List<Unused> unused, String kept) {}

    /**
     * The runs in a folder, or the one whose folder it is.
     *
     * @throws AdzeException NOT_FOUND
     */
    public static List<Run> of(Path folder) {
        if (isRun(folder)) {
            return List.of(run(folder));
        }
        try (Stream<Path> all = Files.list(folder)) {
            List<Run> runs = all.filter(Files::isDirectory).filter(RunHistory::isRun).map(RunHistory::run)
                    .sorted(Comparator.comparingLong(Run::changed).reversed().thenComparing(Run::name)).toList();
            if (runs.isEmpty()) {
                throw new AdzeException(AdzeException.Kind.NOT_FOUND, "there are no runs in " + folder
                        + "; name the folder that adze run --out names, or the one that holds it");
            }
            return runs;
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, "there is no folder " + folder
                    + " that can be read; adze run keeps its runs under runs in the working directory", e);
        }
    }

    private static boolean isRun(Path folder) {
        return Files.isRegularFile(folder.resolve(RunJournal.FILE)) || Files.isDirectory(folder.resolve("steps"));
    }

    private static Run run(Path folder) {
        Path report = folder.resolve("report.json");
        List<StageResult> stages = List.of();
        String note = "";
        if (Files.exists(report)) {
            try {
                stages = ReportJson.read(report).stages();
            } catch (AdzeException e) {
                note = e.getMessage(); // one damaged report must not hide the other runs
            }
        }
        var entry = RunJournal.read(folder);
        String message = entry.map(RunJournal.Entry::message).filter(text -> !text.isEmpty()).orElse(note);
        return new Run(folder.toAbsolutePath().normalize().getFileName().toString(), folder,
                entry.map(RunJournal.Entry::started).orElseGet(() -> modified(folder)),
                entry.map(RunJournal.Entry::word).orElse("unknown"), message, stages, bytes(folder));
    }

    /** What {@link #remove} may remove of each run. */
    public static List<Prunable> prunable(Path folder) {
        return of(folder).stream().map(run -> {
            var entry = RunJournal.read(run.folder()).orElse(null);
            String kept = entry == null ? "made by an older Adze that did not note its steps; run its recipe again"
                    : entry.alive() ? "running"
                    : entry.state() != RunJournal.State.FINISHED || !entry.until().equals(Pipeline.Step.REPORT.name())
                            ? "not run to the report with its newest recipe; run it to the end first" : null;
            return new Prunable(run, kept == null ? unused(run.folder(), Set.copyOf(entry.steps())) : List.of(), kept);
        }).toList();
    }

    private static List<Unused> unused(Path run, Set<String> used) {
        try (Stream<Path> steps = Files.list(run.resolve("steps"))) {
            return steps.filter(step -> !used.contains(step.getFileName().toString())).sorted()
                    .map(step -> new Unused(step, bytes(step))).toList();
        } catch (IOException e) {
            return List.of(); // a run without steps has nothing to lose
        }
    }

    /** Removes one step's folder; a link is removed, not followed. @throws AdzeException CANNOT_WRITE */
    public static void remove(Unused step) {
        try {
            Files.walkFileTree(step.folder(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                    Files.delete(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.CANNOT_WRITE, step.folder() + " cannot be removed (" + e.getMessage()
                    + "): check who owns it", e);
        }
    }

    private static long modified(Path folder) {
        try {
            return Files.getLastModifiedTime(folder).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }

    private static long bytes(Path folder) {
        var sizes = new ArrayList<Long>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    sizes.add(attributes.size());
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE; // a running run moves its files
                }
            });
        } catch (IOException e) {
            // What could be seen counts.
        }
        return sizes.stream().mapToLong(Long::longValue).sum();
    }
}
