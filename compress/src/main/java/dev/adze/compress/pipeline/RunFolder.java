package dev.adze.compress.pipeline;

import dev.adze.compress.recipe.RecipeReader;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a run keeps its things: {@code steps/STEP-KEY/} for cached results, bundles and the report beside it.
 * Finished files appear under their final name in one move.
 */
record RunFolder(Path root, RunJournal journal, Path shared) {
    /** Twelve hexadecimal digits are enough to keep one run's steps apart and short enough to read. */
    private static final int KEY_LENGTH = 12;

    /** @param recipe the run's, effective; with {@code until} and {@code version} for the journal */
    static RunFolder begin(Path root, RecipeReader.Loaded recipe, String until, String version) {
        return begin(root, recipe, until, version, null);
    }

    /** @param shared folder that keeps the teacher's steps for several runs; null: they lie with the run's own */
    static RunFolder begin(Path root, RecipeReader.Loaded recipe, String until, String version, Path shared) {
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw cannotWrite(root, e);
        }
        return new RunFolder(root, RunJournal.begin(root, recipe.recipe().name(), Hashing.sha256(recipe.text()), version, until),
                shared);
    }

    Path stepFolder(String step, String key) {
        String name = step + "-" + key.substring(0, KEY_LENGTH);
        boolean elsewhere = shared != null && step.startsWith("teacher");
        if (!elsewhere) {
            journal.use(name);
        }
        Path folder = elsewhere ? shared.resolve(name) : root.resolve("steps").resolve(name);
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw cannotWrite(folder, e);
        }
    }

    Path bundle(String name) {
        return root.resolve(name + ".adze");
    }

    /** Writes the whole file or nothing. */
    static void write(Path file, byte[] content) {
        try {
            AtomicFile.replace(file, content);
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    static AdzeException cannotWrite(Path path, IOException e) {
        String why = e instanceof java.nio.file.AccessDeniedException ? "permission denied"
                : e instanceof java.nio.file.FileAlreadyExistsException ? "a file is in the way"
                : String.valueOf(e.getMessage());
        return new AdzeException(AdzeException.Kind.CANNOT_WRITE, path + " cannot be written (" + why
                + "): free some disk space or choose another folder with --out", e);
    }
}
