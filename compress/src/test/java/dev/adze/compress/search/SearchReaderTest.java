package dev.adze.compress.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.profiles.ProfileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchReaderTest {
    @TempDir
    Path folder;

    private SearchSpec read(String yaml) throws IOException {
        Files.writeString(folder.resolve("r.yaml"), """
                adze-recipe: 1
                name: r
                data: {files: [a.csv]}
                task: {kind: forecast, target: ahead, windowSteps: 16, targets: [a]}
                teacher: {preset: teacher-mini}
                student: {preset: student-mini}
                """);
        Files.writeString(folder.resolve("s.yaml"), yaml);
        return SearchReader.read(folder.resolve("s.yaml"));
    }

    private void refused(String space, String... words) {
        var e = assertThrows(ProfileException.class, () -> read("adze-search: 1\nname: s\nrecipe: r.yaml\n" + space), space);
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), "no '" + word + "' in: " + e.getMessage());
        }
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    @Test
    void aPresetsSizesAreWrittenOutWhereOneOfThemIsVaried() throws IOException {
        var spec = read("adze-search: 1\nname: s\nrecipe: r.yaml\nspace: {student.hiddenSize: [8, 16]}\n");
        assertTrue(spec.overrides().contains("student.preset=custom") && spec.overrides().contains("student.layers=2"),
                spec.overrides()::toString);
        assertEquals(24, spec.trials());
    }

    @Test
    void aProfileGivesTheBudgetThatTheSearchLeavesOut() throws IOException {
        String device = "adze-profile: 1\nname: pump\ndevice: {board: b}\nsensors: {rate-hz: 4}\n";
        String search = "adze-search: 1\nname: s\nrecipe: r.yaml\nspace: {student.hiddenSize: [8, 16]}\n";
        Files.writeString(folder.resolve("pump.yaml"), device);
        assertEquals(new SearchSpec.Budget(25_000, 0, 0, "a tenth of the sampling period of profile pump"),
                read(search + "budget: {profile: pump.yaml}\n").budget());
        Files.writeString(folder.resolve("pump.yaml"), device + "runtime: {budget: {step-us: 80, bundle-bytes: 90000, memory-bytes: 70000}}\n");
        assertEquals(new SearchSpec.Budget(80, 90_000, 70_000, "runtime.budget of profile pump"),
                read(search + "budget: {profile: pump.yaml}\n").budget());
        assertEquals(new SearchSpec.Budget(9, 50_000, 70_000, "the search's budget"),
                read(search + "budget: {profile: pump.yaml, latencyMicros: 9, bytes: 50000}\n").budget());
        Files.writeString(folder.resolve("pump.yaml"), device + "runtime: {budget: {step-ms: 1}}\n");
        var e = assertThrows(ProfileException.class, () -> read(search + "budget: {profile: pump.yaml}\n"));
        assertTrue(e.getMessage().contains("step-ms") && e.getMessage().contains("step-us"), e.getMessage());
    }

    @Test
    void everySettingLiesInItsRange() {
        var random = new Random(1);
        var whole = new Dimension.Whole("k", 8, 96, 8, false);
        var log = new Dimension.Whole("k", 1, 1000, 1, true);
        var real = new Dimension.Real("k", 1e-4, 1e-1, true);
        for (int i = 0; i < 2000; i++) {
            String w = whole.draw(random);
            assertTrue(Long.parseLong(w) >= 8 && Long.parseLong(w) <= 96 && Long.parseLong(w) % 8 == 0, w);
            assertTrue(!whole.near(w, random).equals(w) && Long.parseLong(whole.near(w, random)) % 8 == 0);
            String l = log.near(log.draw(random), random);
            assertTrue(Long.parseLong(l) >= 1 && Long.parseLong(l) <= 1000, l);
            double r = Double.parseDouble(real.near(real.draw(random), random));
            assertTrue(r >= 1e-4 && r <= 1e-1, "" + r);
        }
        assertEquals(0.5, log.coordinates("32")[0], 0.01);
        assertEquals(12, whole.count());
    }

    @Test
    void mistakesAreToldWithFileLineAndMend() {
        refused("space: {student.hidenSize: [8]}\n", "s.yaml:4", "hidenSize");
        refused("space: {student.hiddenSize: [8, 8]}\n", "twice");
        refused("space: {student.hiddenSize: []}\n", "no settings");
        refused("space: {student.hiddenSize: 8}\n", "list of settings");
        refused("space: {student.hiddenSize: {from: 9, to: 8}}\n", "from 9");
        refused("space: {student.train.learningRate: {from: 0.0, to: 1.0, scale: log}}\n", "above 0");
        refused("space: {student.train.learningRate: {from: 0.1, to: 1.0, step: 1}}\n", "no step");
        refused("space: {student.hiddenSize: {from: 8, to: 16, stepp: 8}}\n", "stepp");
        refused("space: {precision: [int3]}\n", "precision");
        refused("space: {name: [a, b]}\n", "cannot be searched");
        refused("space: {student.architecture.cell: [lstm, gruu]}\n", "gru");
        refused("space: {student.hiddenSize: [8]}\ntrails: 3\n", "trials");
        refused("space: {student.hiddenSize: [8]}\nhalving: {factor: 1}\n", "factor");
    }
}
