package dev.adze.compress.pipeline;

import dev.adze.compress.distill.DistillationObjective;
import dev.adze.compress.distill.TeacherOutputs;
import dev.adze.compress.recipe.Presets;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.train.Epoch;
import dev.adze.compress.train.FeatureLayout;
import dev.adze.compress.train.GradientWatch;
import dev.adze.compress.train.Objective;
import dev.adze.compress.train.SupervisedObjective;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.TrainSpec;
import dev.adze.compress.train.Trainer;
import dev.adze.compress.train.TrainingLog;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.RecurrentNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/** Trains teacher and student, each once a cache key. */
final class TrainStep {
    /** Raised when training changes in a way that the recipe does not show, so that old caches are not used. */
    private static final int VERSION = 2;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Recipe recipe;
    private final Prepared data;
    private final RunFolder folder;
    private final Progress progress;

    TrainStep(Recipe recipe, Prepared data, RunFolder folder, Progress progress) {
        this.recipe = recipe;
        this.data = data;
        this.folder = folder;
        this.progress = progress;
    }

    /** What of a finished stage is not a tensor. */
    private record Done(double bestMetric, List<Epoch> curve, double seconds) {}

    TrainedStage teacher() {
        var spec = recipe.teacher().train();
        var network = Presets.network(recipe.teacher(), data.preprocess().featureCount(), data.task().outputs().size());
        String key = Hashing.key("teacher", VERSION, data.key(), network, spec, recipe.seed());
        return once("teacher", key, network, (torch, step) -> train("teacher", torch, spec,
                new SupervisedObjective(spec), recipe.seed(), step));
    }

    TrainedStage student(TrainedStage teacher) {
        var spec = recipe.student().train();
        var network = Presets.network(recipe.student(), data.preprocess().featureCount(), data.task().outputs().size());
        String key = Hashing.key("student", VERSION, data.key(), teacher.key(), network, spec, recipe.distill(), recipe.seed());
        return once("student", key, network, (torch, step) -> {
            if (recipe.distill().alpha() == 0 && recipe.distill().hintWeight() == 0) {
                return train("student", torch, spec,
                        new SupervisedObjective(spec), recipe.seed(), step);
            }
            var shape = new TeacherOutputs.Shape(data.training().windowSteps() - spec.lossFromStep(),
                    network.outputSize(), lastHidden(teacher.weights().network()));
            try (var outputs = teacherOutputs(teacher, spec, shape);
                    var objective = new DistillationObjective(recipe.distill(), spec, outputs, shape, lastHidden(network))) {
                return train("student", torch, spec, objective, recipe.seed(), step);
            }
        });
    }

    private TeacherOutputs teacherOutputs(TrainedStage teacher, TrainSpec spec, TeacherOutputs.Shape shape) {
        String key = Hashing.key("teacher-outputs", VERSION, data.key(), teacher.key(), shape, spec.lossFromStep());
        Path file = folder.stepFolder("teacher-outputs", key).resolve("outputs.bin");
        if (!Files.exists(file)) {
            progress.line("  teacher: outputs of " + data.training().size() + " windows");
        }
        try (var torch = new TorchNetwork(teacher.weights().network(), 0, 0)) {
            torch.load(teacher.weights());
            return TeacherOutputs.open(file, torch, data.training(), shape);
        }
    }

    private static int lastHidden(RecurrentNetwork network) {
        if (network.lastRecurrent() < 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, "distillation needs a recurrent layer");
        }
        return network.layers().get(network.lastRecurrent()).outputSize();
    }

    private Trainer.Result train(String stage, TorchNetwork torch, TrainSpec spec, Objective objective, long seed, Path step) {
        Set<GradientWatch.Trouble> told = EnumSet.noneOf(GradientWatch.Trouble.class);
        try (var log = new TrainingLog(progress.training(stage), step.resolve("gradients.csv"),
                folder.root().resolve("tensorboard").resolve(stage), System::currentTimeMillis, finding -> {
                    Findings.append(step, finding);
                    if (told.add(finding.trouble())) {
                        progress.line("  " + stage + ": " + finding.trouble().name().toLowerCase(Locale.ROOT) + " gradient in "
                                + finding.name() + "; adze diagnose " + folder.root() + " tells more");
                    }
                })) {
            return new Trainer(torch, data.training(), data.validation(), FeatureLayout.of(data.preprocess()), spec, objective,
                    seed, step.resolve("checkpoint.pt"), log).run();
        }
    }

    /** The epochs of a finished training. */
    static List<Epoch> curve(Path doneFile) {
        return JSON.readValue(doneFile.toFile(), Done.class).curve();
    }

    private interface Training {
        Trainer.Result run(TorchNetwork torch, Path stepFolder);
    }

    private TrainedStage once(String stage, String key, RecurrentNetwork network, Training training) {
        Path step = folder.stepFolder(stage, key);
        Path weightsFile = step.resolve("weights.safetensors");
        Path doneFile = step.resolve("done.json");
        if (Files.exists(doneFile)) {
            progress.line(stage + ": done before (" + step.getFileName() + ")");
            Done done = JSON.readValue(doneFile.toFile(), Done.class);
            return new TrainedStage(key, WeightsFile.read(weightsFile, network), done.bestMetric(),
                    done.curve(), done.seconds());
        }
        progress.line(stage + ": " + Describe.network(network) + ", " + Describe.count(network.parameterCount())
                + " parameters, " + data.training().size() + " windows of " + data.training().windowSteps() + " steps");
        TrainSpec spec = stage.equals("teacher") ? recipe.teacher().train() : recipe.student().train();
        try (var torch = new TorchNetwork(network, spec.dropout(), recipe.seed())) {
            Trainer.Result result = training.run(torch, step);
            WeightsFile.write(weightsFile, result.weights());
            RunFolder.write(doneFile, JSON.writeValueAsBytes(new Done(result.bestMetric(), result.curve(), result.seconds())));
            Files.deleteIfExists(step.resolve("checkpoint.pt"));
            return new TrainedStage(key, result.weights(), result.bestMetric(), result.curve(), result.seconds());
        } catch (IOException e) {
            throw RunFolder.cannotWrite(step, e);
        }
    }
}
