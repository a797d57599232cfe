package dev.adze.compress.pipeline;

import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.compress.train.Epoch;
import dev.adze.compress.train.Torch;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * A recipe as one trial of a search: teacher (shared with other trials), student, and the student's bundle in one
 * precision, judged on the validation part. The held-out part is judged too, for the report; a search must not look at it.
 */
public final class TrialRun {
    private static final String STUDENT = "student";

    /**
     * @param pauseAfter  epochs of the student after which it waits to be gone on with; 0: it runs to the end
     * @param precision   of the student that is judged
     * @param sharedSteps folder of the teacher's steps
     */
    public record Mode(int pauseAfter, Precision precision, Path sharedSteps) {}

    /** How far a trial came. */
    public sealed interface Result {}

    /**
     * It waits.
     *
     * @param epochs that the student was trained
     * @param error  least so far on the validation part, in fp32
     */
    public record Paused(int epochs, double error) implements Result {}

    /**
     * It is done.
     *
     * @param epochs  that the student was trained
     * @param error   on the validation part by the edge runtime, in the precision asked for
     * @param held    the figure on the held-out part that reports tell
     * @param macs    multiply-accumulates of a step that the stored weights ask for
     */
    public record Finished(int epochs, double error, Held held, Path bundle, long bytes, long macs, String network) implements Result {}

    /** @param name of the figure with its unit */
    public record Held(String name, double value, double low, double high) {}

    private final RecipeReader.Loaded loaded;
    private final Prepared data;
    private final RunFolder folder;
    private final String version;
    private final Progress progress;
    private final Mode mode;
    private List<Epoch> epochs = List.of();

    TrialRun(RecipeReader.Loaded loaded, Prepared data, RunFolder folder, String version, Progress progress, Mode mode) {
        this.loaded = loaded;
        this.data = data;
        this.folder = folder;
        this.version = version;
        this.progress = progress;
        this.mode = mode;
    }

    Result run() {
        Recipe recipe = loaded.recipe();
        Torch.start(recipe.threads() > 0 ? recipe.threads() : Runtime.getRuntime().availableProcessors());
        var train = new TrainStep(recipe, data, folder, progress.with(new Progress.Pause(STUDENT, mode.pauseAfter(), seen -> epochs = seen)));
        Teacher teacher = recipe.given().present() ? new GivenTeacherStep(loaded, data, progress).open() : sharedTeacher(train);
        try {
            List<TrainedStage> assistants = train.assistants(teacher);
            TrainedStage student = train.sparse(teacher, assistants, train.student(teacher, assistants));
            return judged(student, tensors(train, teacher, assistants, student));
        } catch (AdzeException e) {
            if (e.kind() == AdzeException.Kind.INTERRUPTED && !progress.stop().requested()) {
                return new Paused(epochs.size(), epochs.stream().mapToDouble(Epoch::validationMetric).min().orElseThrow());
            }
            throw e;
        } finally {
            if (teacher instanceof GivenEngine given) {
                given.engine().close();
            }
        }
    }

    /** Trials in other processes may want the same teacher: one trains it while they wait. */
    private Teacher sharedTeacher(TrainStep train) {
        Path file = mode.sharedSteps().resolve("teacher.lock");
        try {
            Files.createDirectories(mode.sharedSteps());
            try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE); var lock = channel.lock()) {
                return train.teacher();
            }
        } catch (IOException e) {
            throw RunFolder.cannotWrite(file, e);
        }
    }

    private NetworkTensors tensors(TrainStep train, Teacher teacher, List<TrainedStage> assistants, TrainedStage student) {
        var aware = loaded.recipe().quantize().aware();
        boolean integers = mode.precision() == Precision.INT8 || mode.precision() == Precision.INT4;
        if (integers && aware.epochs() > 0 && aware.precisions().contains(mode.precision().name().toLowerCase(Locale.ROOT))) {
            TunedStage own = train.aware(mode.precision(), teacher, assistants, student);
            return NetworkQuantizer.quantize(own.stage().weights(), own.steps());
        }
        return mode.precision() == Precision.FP32 ? NetworkTensors.of(student.weights())
                : new AfterTraining(loaded, data, progress).quantize(student.weights(), mode.precision());
    }

    private Finished judged(TrainedStage student, NetworkTensors tensors) {
        double error = new ValidationJudge(data.validation(), loaded.recipe().student().train()).error(tensors);
        String name = STUDENT + " " + mode.precision().name().toLowerCase(Locale.ROOT);
        JudgedStage stage = new BundleStep(loaded, data, folder, version).run(name, tensors);
        progress.line(BundleStep.describe(stage));
        var figure = stage.judgement().main();
        var held = new Held(figure.unit().isEmpty() ? figure.name() : figure.name() + " [" + figure.unit() + "]", figure.value(),
                stage.judgement().interval().low(), stage.judgement().interval().high());
        try {
            return new Finished(student.curve().size(), error, held, stage.bundle(), Files.size(stage.bundle()),
                    StoredWork.macsPerStep(tensors), Describe.network(tensors.network()));
        } catch (IOException e) {
            throw RunFolder.cannotWrite(stage.bundle(), e);
        }
    }
}
