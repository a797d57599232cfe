package dev.adze.compress.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whole searches over small recipes. */
class SearchTest extends SmallSearch {
    private static final String SPACE = """
            trials: 7
            space:
              student.layers: [1, 2]
              student.hiddenSize: {from: 4, to: 16, step: 4}
              student.train.learningRate: {from: 2.0e-3, to: 2.0e-2, scale: log}
              precision: [fp32, int8]
            halving: {firstEpochs: 1, factor: 2}
            """;

    /** Like the real one, but the process is gone after so many sittings. */
    private TrialEngine dyingAfter(int sittings) {
        return new TrialEngine() {
            private int left = sittings;

            @Override
            public void run(List<TrialJob> jobs, Consumer<TrialJob.Outcome> done) {
                for (TrialJob job : jobs) {
                    TrialJob.Outcome outcome = TrialRunner.run(job, "test", stop);
                    if (left-- == 0) {
                        throw new IllegalStateException("killed"); // trained, but nothing was told of it
                    }
                    done.accept(outcome);
                }
            }

            @Override
            public String name() {
                return "a dying process";
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void aSearchFindsAFrontWithinTheBudgetAndGoesOnAfterAKillToTheSameResult() throws IOException {
        SearchSpec spec = spec(SPACE + "budget: {latencyMicros: 3.0, bytes: 60000}\nparallel: 2\n");
        SearchResult whole = search(spec, "whole").run();
        assertEquals(7, whole.report().trials().size());
        long finished = whole.report().trials().stream().filter(r -> r.finished()).count();
        assertTrue(finished >= 2 && finished < 7, "successive halving stops some: " + whole.report().trials());
        for (var row : whole.report().trials()) {
            assertTrue(row.micros() <= 3.0 && row.bytes() <= 60000, row::toString);
        }
        var front = whole.report().trials().stream().filter(r -> r.front()).toList();
        assertTrue(front.stream().anyMatch(r -> r.trial() == whole.report().chosen()), front::toString);
        for (var a : front) {
            for (var b : whole.report().trials()) {
                assertFalse(b.finished() && b.error() < a.error() && b.bytes() < a.bytes() && b.micros() < a.micros(), a + " " + b);
            }
        }
        for (String file : List.of("chosen.adze", "chosen.yaml", "search.html", "front.svg", "search.json", "latency-table.json")) {
            assertTrue(Files.size(folder.resolve("whole").resolve(file)) > 500, file);
        }
        assertEquals(1, Files.list(folder.resolve("whole/teacher")).filter(f -> f.getFileName().toString().startsWith("teacher-")
                && !f.getFileName().toString().contains("outputs")).count(), "one teacher for all");
        assertThrows(IllegalStateException.class, () -> search(spec, "killed").run(dyingAfter(3)));
        assertThrows(IllegalStateException.class, () -> search(spec, "killed").run(dyingAfter(0)));
        SearchResult resumed = search(spec, "killed").run();
        assertEquals(whole.report().trials(), resumed.report().trials());
        assertEquals(weights(folder.resolve("whole/chosen.adze")), weights(folder.resolve("killed/chosen.adze")), "to the bit");
        long before = Files.getLastModifiedTime(folder.resolve("whole/trials/001/log.txt")).toMillis();
        assertEquals(whole.report().trials(), search(spec, "whole").run().report().trials());
        assertEquals(before, Files.getLastModifiedTime(folder.resolve("whole/trials/001/log.txt")).toMillis(), "nothing is run twice");
    }

    private static List<String> weights(Path bundle) {
        try (var arena = Arena.ofConfined()) {
            return Bundle.read(bundle, arena).weights().tensors().entrySet().stream()
                    .map(e -> e.getKey() + Arrays.toString(e.getValue().toFloats())).toList();
        }
    }

    @Test
    void aTrialThatDivergesIsRecordedAndTheSearchGoesOn() throws IOException {
        SearchResult result = search(spec("""
                trials: 4
                set: {student.train.epochs: 1}
                space:
                  student.hiddenSize: [4, 8]
                  student.train.learningRate: [0.01, 1.0e+30]
                """), "out").run();
        var failed = result.report().trials().stream().filter(r -> r.state().equals("failed")).toList();
        assertEquals(2, failed.size(), () -> result.report().trials().toString());
        assertTrue(failed.getFirst().message().contains("diverged"), failed::toString);
        assertEquals(2, result.report().trials().stream().filter(r -> r.finished()).count());
        assertTrue(Files.readString(folder.resolve("out/search.html")).contains("diverged"));
        assertTrue(told.toString(StandardCharsets.UTF_8).contains("failed: training diverged"));
    }

    @Test
    void aSmallSpaceEndsWhenAllOfItWasTried() throws IOException {
        SearchResult result = search(spec("trials: 9\nset: {student.train.epochs: 1}\nspace: {student.hiddenSize: [4, 6]}\n"), "out").run();
        assertEquals(2, result.report().trials().size());
    }

    @Test
    void whatCannotBeSearchedIsRefusedInOneLine() throws IOException {
        var none = assertThrows(AdzeException.class, () -> search(spec(SPACE + "budget: {latencyMicros: 0.5}\n"), "none").run());
        assertEquals(AdzeException.Kind.USAGE, none.kind());
        assertTrue(none.getMessage().contains("0.5000 us a step"), none.getMessage());
        SearchSpec first = spec("set: {student.train.epochs: 1}\ntrials: 1\nspace: {student.hiddenSize: [4, 6]}\n");
        search(first, "out").run();
        SearchSpec other = spec("set: {student.train.epochs: 1}\ntrials: 1\nspace: {student.hiddenSize: [4, 8]}\n");
        assertTrue(assertThrows(AdzeException.class, () -> search(other, "out").run()).getMessage().contains("another search"));
        SearchSpec more = spec("set: {student.train.epochs: 1}\ntrials: 2\nspace: {student.hiddenSize: [4, 6]}\n");
        assertEquals(2, search(more, "out").run().report().trials().size(), "more trials of the same search");
        Files.writeString(folder.resolve("out/search.json"), "{}");
        assertEquals(AdzeException.Kind.BAD_BUNDLE, assertThrows(AdzeException.class, () -> search(more, "out").run()).kind());
        try (var held = SearchJournal.open(folder.resolve("busy"), "q")) {
            assertTrue(assertThrows(AdzeException.class, () -> SearchJournal.open(folder.resolve("busy"), "q")).getMessage()
                    .contains("another process"));
        }
    }
}
