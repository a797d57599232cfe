package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small run, another recipe in its place, and what of the first is then in the way. */
class RunsCommandTest extends CapturedOutput {
    @TempDir
    Path folder;

    @BeforeEach
    void writeRecordingAndRecipe() throws IOException {
        var csv = new StringBuilder("time[ms],a[V]\n");
        for (int t = 0; t < 300; t++) {
            csv.append(String.format(Locale.ROOT, "%d,%.4f%n", 1_700_000_000_000L + 500L * t, Math.sin(0.3 * t)));
        }
        Files.writeString(folder.resolve("a.csv"), csv);
        Files.writeString(folder.resolve("r.yaml"), """
                adze-recipe: 1
                name: waves
                threads: 1
                data: {files: [a.csv]}
                task: {kind: forecast, mode: stream, target: ahead, windowSteps: 8, horizonSteps: 2, targets: [a]}
                teacher: {layers: 1, hiddenSize: 6, train: {epochs: 1, batchSize: 32, dropout: 0.0}}
                student: {layers: 1, hiddenSize: 4, train: {epochs: 1, batchSize: 32, dropout: 0.0}}
                quantize: {precisions: [], goldenSteps: 8}
                """);
    }

    private String adze(int code, String... args) {
        outText.reset();
        errText.reset();
        assertEquals(code, Main.run(args), () -> errText.toString(StandardCharsets.UTF_8));
        return (code == 0 ? outText : errText).toString(StandardCharsets.UTF_8);
    }

    private String recipe(int code, String command, String run, String... overrides) {
        var words = new ArrayList<>(List.of(command, folder.resolve("r.yaml").toString(), "--out", folder.resolve("runs/" + run).toString()));
        for (String override : overrides) {
            words.addAll(List.of("--set", override));
        }
        return adze(code, words.toArray(String[]::new));
    }

    private List<String> steps() throws IOException {
        try (Stream<Path> steps = Files.list(folder.resolve("runs/one/steps"))) {
            return steps.map(step -> step.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void runsAreListedAndTheStepsOfOlderRecipesPruned() throws IOException {
        String runs = folder.resolve("runs").toString();
        assertTrue(adze(3, "runs", runs).contains("adze: error: there is no folder"));
        recipe(0, "run", "one");
        recipe(4, "run", "two", "data.files=[a.csv]", "task.windowSteps=5000");
        String list = adze(0, "runs", runs);
        assertTrue(list.matches("(?s).*\none .*finished .*teacher .*RMSE \\[V\\] .*student fp32 .*%.*"), list);
        assertTrue(list.matches("(?s).*\ntwo .*failed.*two: the validation part .*"), list);
        assertTrue(list.indexOf("\ntwo ") < list.indexOf("\none "), "newest first: " + list);

        List<String> first = steps();
        assertTrue(adze(0, "runs", runs, "--prune").contains("nothing to remove"));
        // Another student: the teacher stays, the first student and what it was taught are in the way.
        recipe(0, "run", "one", "student.hiddenSize=5");
        List<String> both = steps();
        assertTrue(both.size() > first.size() && both.containsAll(first), both.toString());
        String told = adze(0, "runs", runs, "--prune");
        String student = first.stream().filter(step -> step.startsWith("student-")).findFirst().orElseThrow();
        assertTrue(told.contains("would remove") && told.contains(student) && told.contains("--yes"), told);
        assertTrue(told.contains("two: left alone"), told);
        assertEquals(both, steps(), "a dry run removes nothing");
        assertTrue(adze(0, "runs", folder.resolve("runs/one").toString(), "--prune", "--yes").contains("freed"));
        assertFalse(steps().contains(student), steps().toString());
        String again = recipe(0, "run", "one", "student.hiddenSize=5");
        assertTrue(again.contains("teacher: done before") && again.contains("student: done before"), again);
    }

    @Test
    void aRunThatEndsBeforeItsReportIsLeftAloneAndAKilledOneIsToldFromARunningOne() throws IOException {
        recipe(0, "train", "one");
        Files.createDirectories(folder.resolve("runs/one/steps/student-000000000000"));
        String told = adze(0, "runs", folder.resolve("runs").toString(), "--prune", "--yes");
        assertTrue(told.contains("not run to the report"), told);
        assertTrue(steps().contains("student-000000000000"), steps().toString());
        Path journal = folder.resolve("runs/one/run.json");
        String entry = Files.readString(journal);
        Files.writeString(journal, entry.replace("FINISHED", "RUNNING"));
        assertTrue(adze(0, "runs", folder.resolve("runs").toString()).contains(" running "));
        Files.writeString(journal, entry.replace("FINISHED", "RUNNING").replaceAll("\"processStart\":\\d+", "\"processStart\":1"));
        assertTrue(adze(0, "runs", folder.resolve("runs").toString()).contains(" killed "));
        Files.writeString(journal, "{");
        assertTrue(adze(0, "runs", folder.resolve("runs").toString()).contains(" unknown "));
        assertTrue(adze(2, "runs", "--yes").contains("--prune"));
    }
}
