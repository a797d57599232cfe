package dev.adze.compress.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Spark itself is tested where SPARK_HOME names one: its 200 MB are no dependency of the build. */
class SparkEngineTest extends SmallSearch {
    private static AdzeException refused(String master) {
        return assertThrows(AdzeException.class, () -> new SparkEngine(master, null, List.of("true"), Map.of(), () -> false));
    }

    @Test
    void aMasterThatCannotBeReachedIsToldInOneLine() throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var e = refused("spark://127.0.0.1:" + port);
        assertEquals(AdzeException.Kind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("cannot be reached") && e.getMessage().lines().count() == 1, e.getMessage());
        assertEquals(AdzeException.Kind.UNAVAILABLE, refused("spark://no-such-host.invalid:7077").kind());
        assertEquals(AdzeException.Kind.USAGE, refused("yarn").kind());
        assertEquals(AdzeException.Kind.USAGE, refused("spark://host:99999").kind());
    }

    @Test
    void aMissingSparkIsToldWithTheMend() {
        for (String home : new String[] {null, "", folder.toString()}) {
            var e = assertThrows(AdzeException.class, () -> SparkLibrary.in(home));
            assertEquals(AdzeException.Kind.UNAVAILABLE, e.kind());
            assertTrue(e.getMessage().contains("Apache Spark 4.2 or later"), e.getMessage());
        }
    }

    @Test
    void trialsOnSparkGiveTheSameResultAsHereAlthoughWorkersAreLost() throws IOException {
        String spark = System.getenv("SPARK_HOME");
        assumeTrue(spark != null, "SPARK_HOME is not set: no Spark to test with");
        SearchSpec spec = spec("""
                trials: 3
                parallel: 2
                set: {student.train.epochs: 2}
                space: {student.hiddenSize: [4, 8, 12]}
                halving: {firstEpochs: 1, factor: 2}
                """);
        Path script = folder.resolve("worker.sh");
        // The first worker of every trial is killed.
        Files.writeString(script, """
                read job
                trial=$(printf %%s "$job" | sed 's/.*"trial":\\([0-9]*\\).*/\\1/')
                run() { printf '%%s\\n' "$job" | %s --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Xmx512m -XX:TieredStopAtLevel=1 -cp '%s' dev.adze.compress.cli.Main search-trial; }
                if mkdir %s/lost-$trial 2>/dev/null; then kill -9 $$; fi
                run
                """.formatted(Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path"), folder));
        SearchResult there = search(spec, "there").runOnSpark("local[2]", spark, List.of("sh", script.toString()));
        SearchResult here = search(spec, "here").run();
        assertEquals(here.report().trials(), there.report().trials());
        for (int trial = 1; trial <= 3; trial++) {
            assertTrue(Files.exists(folder.resolve("lost-" + trial)), "trial " + trial + " lost no worker");
        }
        Path broken = folder.resolve("broken.sh");
        Files.writeString(broken, "kill -9 $$\n");
        SearchResult failed = search(spec, "failed").runOnSpark("local[2]", spark, List.of("sh", broken.toString()));
        assertEquals(3, failed.report().trials().stream().filter(r -> r.state().equals("failed")).count(), "recorded, and the search ended");
    }
}
