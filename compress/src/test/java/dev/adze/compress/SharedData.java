package dev.adze.compress;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The public data sets beside the project, for tests that want the real thing. */
public final class SharedData {
    private SharedData() {}

    /** A data set's folder in {@code shared/data} next to the project; skips the test where there is none. */
    public static Path folder(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path folder = at.resolve("shared/data").resolve(name);
            if (Files.isDirectory(folder)) {
                return folder;
            }
        }
        Path given = Path.of(System.getenv().getOrDefault("ADZE_SHARED_DATA", "no-such-folder"), name);
        Assumptions.assumeTrue(Files.isDirectory(given), "skipped: no folder shared/data/" + name
                + " beside the project or in $ADZE_SHARED_DATA");
        return given;
    }
}
