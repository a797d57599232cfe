package dev.adze.compress.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.runtime.bundle.TaskSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that is known to depend on its past in one way: advice must find that way. */
class AdviseCommandTest extends CapturedOutput {
    private static final int DELAY = 24;

    @TempDir
    Path folder;

    /** {@code late} repeats what {@code drive} was {@value #DELAY} steps before; {@code noise} is none of anything's business. */
    @BeforeEach
    void writeRecording() throws IOException {
        var random = new Random(4);
        double[] drive = new double[3000];
        var csv = new StringBuilder("time[ms],drive[V],late[V],noise[],flat[],state\n");
        for (int t = 0; t < drive.length; t++) {
            drive[t] = 0.6 * (t > 0 ? drive[t - 1] : 0) + random.nextGaussian();
            double late = (t >= DELAY ? drive[t - DELAY] : 0) + 0.1 * random.nextGaussian();
            csv.append(String.format(Locale.ROOT, "%d,%.4f,%.4f,%.4f,1,%d%n", 1_700_000_000_000L + 100L * t, drive[t], late,
                    random.nextGaussian(), drive[t] > 0.7 ? 2 : drive[t] < -0.7 ? 0 : 1));
        }
        Files.writeString(folder.resolve("a.csv"), csv);
    }

    private String advise(int code, String name, String target, String... more) {
        outText.reset();
        errText.reset();
        var words = new java.util.ArrayList<>(List.of("advise", folder.resolve("a.csv").toString(), "--target", target, "--out",
                folder.resolve(name).toString()));
        words.addAll(List.of(more));
        assertEquals(code, Main.run(words.toArray(String[]::new)), () -> errText.toString(StandardCharsets.UTF_8));
        return (code == 0 ? outText : errText).toString(StandardCharsets.UTF_8);
    }

    private Recipe recipe(String name) {
        return RecipeReader.read(folder.resolve(name), List.of()).recipe();
    }

    @Test
    void aDelayIsFoundAndTheWindowHoldsItAndTheRecipeRuns() {
        String told = advise(0, "late.yaml", "late", "--horizon", "4", "--size", "60000");
        Recipe recipe = recipe("late.yaml");
        // Four steps ahead of now, drive of 20 steps ago tells all; neighbours are alike, so a few more may count.
        assertTrue(recipe.task().windowSteps() >= DELAY - 4 && recipe.task().windowSteps() <= 64, told);
        assertTrue(recipe.task().inputs().containsAll(List.of("drive", "late")), told);
        assertFalse(recipe.task().inputs().contains("noise") || recipe.task().inputs().contains("flat"), told);
        assertEquals(TaskSpec.Mode.STREAM, recipe.task().mode());
        assertEquals(4, recipe.task().horizonSteps());
        assertTrue(told.contains("left out") && told.contains("flat") && told.contains("length of dependence"), told);
        outText.reset();
        assertEquals(0, Main.run("train", folder.resolve("late.yaml").toString(), "--out", folder.resolve("run").toString(), "--set",
                "teacher.train.epochs=1", "--set", "teacher.train.stepsPerEpoch=5", "--set", "teacher.layers=1", "--set",
                "teacher.hiddenSize=8"), () -> errText.toString(StandardCharsets.UTF_8));
        assertTrue(advise(2, "late.yaml", "late").contains("exists"));
    }

    @Test
    void theBudgetBoundsTheStudent() {
        advise(0, "wide.yaml", "late", "--horizon", "4");
        String told = advise(0, "small.yaml", "late", "--horizon", "4", "--size", "30000");
        assertTrue(recipe("small.yaml").student().hiddenSize() < recipe("wide.yaml").student().hiddenSize(), told);
        assertTrue(told.contains("limited by the bundle's size: 30000"), told);
        String slow = advise(0, "slow.yaml", "late", "--horizon", "4", "--profile", "this-host", "--slower", "1e9");
        assertTrue(slow.contains("even the smallest student misses") && slow.contains("profile this-host"), slow);
        assertEquals(8, recipe("slow.yaml").student().hiddenSize());
    }

    @Test
    void wholeNumbersAreClassesAndWhatCannotBeLearnedIsSaid() {
        String told = advise(0, "state.yaml", "state");
        assertTrue(told.contains("classes"), told);
        assertEquals(List.of("0", "1", "2"), recipe("state.yaml").task().classes());
        assertEquals(TaskSpec.Kind.CLASSIFICATION, recipe("state.yaml").task().kind());
        assertTrue(advise(4, "n.yaml", "noise", "--horizon", "3").contains("nothing can be learned"));
        assertTrue(advise(4, "f.yaml", "flat").contains("is constant"));
        assertTrue(advise(2, "x.yaml", "nosuch").contains("there is no channel nosuch; there are drive, late"));
        assertTrue(advise(4, "l.yaml", "remaining-life").contains("at least three series"));
        assertFalse(Files.exists(folder.resolve("n.yaml")));
    }
}
