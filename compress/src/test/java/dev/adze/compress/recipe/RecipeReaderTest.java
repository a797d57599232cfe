package dev.adze.compress.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.dataset.Scaling;
import dev.adze.compress.train.TrainSpec;
import dev.adze.profiles.ProfileException;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.RecurrentNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecipeReaderTest {
    private static final String SMALL = """
            adze-recipe: 1
            name: small
            data:
              files: [a.csv]
            task:
              kind: forecast
              target: ahead
              windowSteps: 8
              targets: [x]
            preprocess:
              scaling: min-max
            teacher:
              layers: 2
              hiddenSize: 16
              train:
                loss: huber
            student:
              preset: student-mini
            """;

    private static RecipeReader.Loaded read(String text, String... overrides) {
        return RecipeReader.parse("small.yaml", text, Path.of(""), List.of(overrides));
    }

    @Test
    void whatTheFileLeavesOutComesFromTheDefaults() {
        Recipe recipe = read(SMALL).recipe();
        assertEquals(Scaling.MIN_MAX, recipe.preprocess().scaling());
        assertEquals(TrainSpec.Loss.HUBER, recipe.teacher().train().loss());
        assertEquals(TrainSpec.Loss.MSE, recipe.student().train().loss());
        assertEquals(64, recipe.teacher().train().batchSize());
        assertEquals(2, recipe.teacher().layers());
        assertEquals(0.7, recipe.distill().alpha());
    }

    @Test
    void overridesWinAndAreChecked() {
        Recipe recipe = read(SMALL, "teacher.train.epochs=3", "task.targets=[y, z]", "distill.alpha=0.25").recipe();
        assertEquals(3, recipe.teacher().train().epochs());
        assertEquals(List.of("y", "z"), recipe.task().targets());
        assertEquals(0.25, recipe.distill().alpha());
        var wrong = assertThrows(ProfileException.class, () -> read(SMALL, "teacher.train.epochs=none"));
        assertTrue(wrong.getMessage().contains("epochs"), wrong.getMessage());
        var unknown = assertThrows(ProfileException.class, () -> read(SMALL, "teacher.train.epoch=3"));
        assertTrue(unknown.getMessage().contains("did you mean 'epochs'"), unknown.getMessage());
        assertThrows(AdzeException.class, () -> read(SMALL, "teacher.trian.epochs=3"));
        assertThrows(AdzeException.class, () -> read(SMALL, "epochs"));
    }

    @Test
    void architecturesAreDescribedAndWhatCannotBeRunIsRefusedWithTheReason() {
        String[] all = {"student.preset=custom", "student.layers=3", "student.hiddenSize=8", "student.architecture.layerNorm=true",
            "student.architecture.bidirectional=true", "student.architecture.residual=true", "student.architecture.pooling=attention"};
        assertEquals("Residual", Presets.network(read(SMALL, all).recipe().student(), 4, 2).layers().get(1).getClass().getSimpleName());
        assertEquals("4 inputs, bidirectional layer-norm LSTM 8, 2 x residual bidirectional layer-norm LSTM 8,"
                + " attention pooling 32, dense 2",
                dev.adze.compress.pipeline.Describe.network(Presets.network(read(SMALL, all).recipe().student(), 4, 2)));
        assertEquals("4 inputs, 2 x GRU 48, dense 1", dev.adze.compress.pipeline.Describe.network(
                Presets.network(read(SMALL, "student.architecture.cell=gru").recipe().student(), 4, 1)));
        assertEquals("4 inputs, 2 x LSTM 48 projected to 20, dense 1", dev.adze.compress.pipeline.Describe.network(
                Presets.network(read(SMALL, "student.architecture.projectionSize=20").recipe().student(), 4, 1)));
        assertEquals("4 inputs, 2 x minimal gate 48, dense 1", dev.adze.compress.pipeline.Describe.network(
                Presets.network(read(SMALL, "student.architecture.cell=minimal-gate").recipe().student(), 4, 1)));
        var head = Presets.network(read(SMALL, "student.architecture={headSize: 24, activation: tanh}").recipe().student(), 4, 2);
        assertEquals("4 inputs, 2 x LSTM 48, dense 24, dense 2", dev.adze.compress.pipeline.Describe.network(head));
        assertEquals(new Dense(48, 24, Dense.Activation.TANH), head.layers().get(2));
        assertEquals(new Dense(48, 24, Dense.Activation.GELU), Presets.network(
                read(SMALL, "student.architecture={headSize: 24, activation: gelu}").recipe().student(), 4, 2).layers().get(2));
        assertEquals(new Dense(24, 2, Dense.Activation.IDENTITY), head.layers().get(3));
        refused("parts of an LSTM", "student.architecture.cell=minimal-gate", "student.architecture.projectionSize=8");
        refused("must be below hiddenSize 48", "student.architecture.projectionSize=48");
        refused("leave out layerNorm", "student.architecture.projectionSize=8", "student.architecture.layerNorm=true");
        refused("cannot stream it", "task.mode=stream", "student.architecture.bidirectional=true");
        refused("cannot stream it", "task.mode=stream", "teacher.architecture.bidirectional=true");
        refused("pooling: last", "task.mode=stream", "student.architecture.pooling=mean");
        refused("parts of an LSTM", "student.architecture.cell=gru", "student.architecture.peephole=true");
        refused("task.mode: stream", "teacher.train.recurrent.carryState=true", "task.mode=window");
        refused("zero state", "student.train.recurrent.carryState=true", "task.mode=stream", "task.windowSteps=32", "task.stride=8");
        refused("lossFromStep: 0", "teacher.train.recurrent.carryState=true", "teacher.train.lossFromStep=4", "task.mode=stream");
        assertTrue(read(SMALL, "teacher.train.recurrent.carryState=true", "task.mode=stream", "task.windowSteps=32", "task.stride=8")
                .recipe().teacher().train().recurrent().carryState());
        refused("there is one", "teacher.layers=1", "teacher.train.recurrent.pretrainEpochs=2");
        refused("both give the student its first weights", "distill.init=teacher", "student.train.recurrent.pretrainEpochs=2");
        refused("layers: 2 or more", "teacher.layers=1", "teacher.architecture.residual=true");
    }

    private static void refused(String reason, String... overrides) {
        var refusal = assertThrows(AdzeException.class, () -> read(SMALL, overrides));
        assertEquals(AdzeException.Kind.USAGE, refusal.kind());
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    @Test
    void theEffectiveRecipeReadsBackAsItself() {
        var loaded = read(SMALL, "seed=7");
        assertEquals(loaded.recipe(), read(loaded.text()).recipe());
    }

    @Test
    void mistakesAreNamedWithFileAndLine() {
        var unknown = assertThrows(ProfileException.class, () -> read(SMALL.replace("windowSteps", "windowstep")));
        assertTrue(unknown.getMessage().startsWith("small.yaml:8: unknown key 'task.windowstep'; did you mean"
                + " 'windowSteps'?"), unknown.getMessage());
        var version = assertThrows(ProfileException.class, () -> read(SMALL.replace("recipe: 1", "recipe: 2")));
        assertTrue(version.getMessage().contains("format 2 is unknown"), version.getMessage());
        var range = assertThrows(ProfileException.class, () -> read(SMALL, "teacher.train.dropout=1"));
        assertTrue(range.getMessage().contains("dropout"), range.getMessage());
    }

    @Test
    void recipesThatComeWithAdzeAreValid() throws IOException {
        Path folder = Path.of("").toAbsolutePath().getFileName().toString().equals("compress")
                ? Path.of("recipes") : Path.of("compress/recipes");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> recipes = files.toList();
            assertTrue(recipes.size() >= 2);
            recipes.forEach(file -> RecipeReader.read(file, List.of()));
        }
    }

    @Test
    void presetsHaveTheirPublishedSizes() {
        assertEquals(11_904_769, Presets.byId("teacher-12m").network(32, 1).parameterCount());
        assertEquals(3_839_921, Presets.byId("student-3.8m").network(32, 1).parameterCount());
        assertEquals(113_833, Presets.byId("teacher-mini").network(32, 1).parameterCount());
        assertEquals(34_225, Presets.byId("student-mini").network(32, 1).parameterCount());
        assertEquals(117_248, RecurrentNetwork.stackedLstm(100, 1, 128, 1).layers().getFirst().parameterCount());
        assertTrue(assertThrows(AdzeException.class, () -> Presets.byId("student-4m")).getMessage().contains("student-3.8m"));
    }
}
