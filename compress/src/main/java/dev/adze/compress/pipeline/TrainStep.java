package dev.adze.compress.pipeline;

import dev.adze.compress.distill.DistillSpec;
import dev.adze.compress.distill.DistillationObjective;
import dev.adze.compress.distill.LowRank;
import dev.adze.compress.distill.TeacherOutputs;
import dev.adze.compress.distill.TeacherSlices;
import dev.adze.compress.distill.TeacherView;
import dev.adze.compress.distill.UnitRemoval;
import dev.adze.compress.quantize.BlockPruner;
import dev.adze.compress.quantize.StepSizes;
import dev.adze.compress.recipe.Presets;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.train.Epoch;
import dev.adze.compress.train.Evaluation;
import dev.adze.compress.train.FeatureLayout;
import dev.adze.compress.train.GradientWatch;
import dev.adze.compress.train.LayerWise;
import dev.adze.compress.train.Objective;
import dev.adze.compress.train.Sparsity;
import dev.adze.compress.train.SupervisedObjective;
import dev.adze.compress.train.Torch;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.TrainSpec;
import dev.adze.compress.train.Trainer;
import dev.adze.compress.train.TrainingLog;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/** Trains teacher and student, each once a cache key. */
final class TrainStep {
    /** Raised when training changes in a way that the recipe does not show, so that old caches are not used. */
    private static final int VERSION = 3;
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
        return teacher("teacher", recipe.seed());
    }

    private TrainedStage teacher(String stage, long seed) {
        var spec = recipe.teacher().train();
        var network = network(recipe.teacher());
        String key = Hashing.key("teacher", VERSION, data.key(), network, spec, seed);
        return once(stage, key, network, spec, seed, (torch, step) -> {
            pretrain(stage, torch, spec, seed);
            return train(stage, torch, spec, new SupervisedObjective(spec), seed, step);
        });
    }

    /** The teacher and, for an ensemble, others of other seeds; they only lend their outputs. */
    private List<Teacher> teachers(Teacher first) {
        var all = new ArrayList<Teacher>(List.of(first));
        for (int i = 1; i < recipe.distill().ensemble(); i++) {
            all.add(teacher("teacher-" + (i + 1), Torch.mix(recipe.seed(), i)));
        }
        return all;
    }

    /** The assistants in order, each taught by the one before, the first by the teacher and its ensemble. */
    List<TrainedStage> assistants(Teacher teacher) {
        var all = new ArrayList<TrainedStage>();
        for (int i = 0; i < recipe.assistants().size(); i++) {
            all.add(distilled("assistant-" + (i + 1), recipe.assistants().get(i),
                    all.isEmpty() ? teachers(teacher) : List.of(all.getLast())));
        }
        return all;
    }

    TrainedStage student(Teacher teacher, List<TrainedStage> assistants) {
        return distilled("student", recipe.student(), assistants.isEmpty() ? teachers(teacher) : List.of(assistants.getLast()));
    }

    private TrainedStage distilled(String name, Recipe.Stage stage, List<? extends Teacher> teachers) {
        var spec = stage.train();
        var distill = recipe.distill();
        var network = network(stage);
        List<String> teacherKeys = teachers.stream().<String>map(Teacher::key).toList();
        String key = Hashing.key("student", VERSION, data.taughtKey(), teacherKeys, network, spec, distill, recipe.seed());
        return once(name, key, network, spec, recipe.seed(), (torch, step) -> {
            if (distill.init() != DistillSpec.Init.RANDOM) {
                torch.load(TeacherSlices.cut(distill.init(), weightsToCut(teachers.getFirst()), torch.weights()));
            } else {
                pretrain(name, torch, spec, recipe.seed());
            }
            if (!distill.listens()) {
                return train(name, torch, spec, new SupervisedObjective(spec), recipe.seed(), step);
            }
            return withTeacher(name, torch, spec, distill, teachers, step);
        });
    }

    private RecurrentNetwork network(Recipe.Stage stage) {
        return Presets.network(stage, data.preprocess().featureCount(), data.task().outputs().size(),
                data.preprocess().channelIndices(recipe.staticInputs()));
    }

    /** Loads weights that were trained layer by layer on the task's own targets; every layer is a step of its own. */
    private void pretrain(String stage, TorchNetwork torch, TrainSpec spec, long seed) {
        int layers = torch.network().lastRecurrent();
        if (spec.recurrent().pretrainEpochs() == 0) {
            return;
        }
        TrainSpec layerSpec = spec.pretraining();
        Weights trained = torch.weights();
        for (int depth = 1; depth <= layers; depth++) {
            int fixed = depth - 1;
            Weights start = LayerWise.shallow(trained, depth);
            String key = Hashing.key("pretrain", VERSION, data.key(), torch.network(), layerSpec, seed, depth);
            TrainedStage layer = once(stage + "-layer-" + depth, key, start.network(), layerSpec, seed, (shallow, step) -> {
                shallow.load(start);
                shallow.freeze(fixed);
                return train(stage + "-layer-" + (fixed + 1), shallow, layerSpec, new SupervisedObjective(layerSpec), seed, step);
            });
            trained = LayerWise.deeper(trained, layer.weights(), depth);
        }
        torch.load(trained);
    }

    private Trainer.Result withTeacher(String name, TorchNetwork torch, TrainSpec spec, DistillSpec distill,
            List<? extends Teacher> teachers, Path step) {
        return withTeacher(name, torch, spec, distill, teachers, step, task -> task);
    }

    /** @param change of the objective */
    private Trainer.Result withTeacher(String name, TorchNetwork torch, TrainSpec spec, DistillSpec distill,
            List<? extends Teacher> teachers, Path step, UnaryOperator<Objective> change) {
        RecurrentNetwork network = torch.network();
        int hidden = switch (teachers.getFirst()) {
            case TrainedStage trained -> hidden(trained.weights().network(), network);
            case GivenNetwork given -> hidden(given.weights().network(), network);
            case GivenEngine _ -> 0; // the recipe reader let no hint through
        };
        // The recipe's whole view, whatever of it is listened to: the outputs are computed once for all stages.
        var view = DistillationObjective.view(recipe.distill(), data.training().windowSteps() - spec.lossFromStep(),
                network.outputSize(), hidden, data.training().windowSteps());
        try (var outputs = teacherOutputs(teachers, spec, view);
                var objective = new DistillationObjective(distill, spec, outputs, lastHidden(network))) {
            return train(name, torch, data.taught(), spec, change.apply(objective), recipe.seed(), step);
        }
    }

    /**
     * The student with weights and steps trained for a precision, under the distillation's objective as it stood at its end;
     * the student as it was, where training makes its validation no better.
     */
    TunedStage aware(Precision precision, Teacher teacher, List<TrainedStage> assistants, TrainedStage student) {
        var aware = recipe.quantize().aware();
        String stage = "student-" + precision.name().toLowerCase(Locale.ROOT);
        TrainSpec spec = recipe.student().train().fineTuning(aware.epochs(), aware.learningRate());
        DistillSpec distill = recipe.distill().atItsEnd();
        StepSizes start = StepSizes.of(student.weights(), precision, recipe.quantize().calibration());
        String key = Hashing.key("aware", VERSION, data.taughtKey(), student.key(), precision, recipe.quantize().calibration(), spec,
                distill, recipe.seed());
        Path step = folder.stepFolder(stage, key);
        var file = new StepSizesFile(step.resolve("steps.json"));
        var before = new double[1];
        TrainedStage tuned = once(stage, key, student.weights().network(), () ->
                TorchNetwork.quantized(student.weights(), start, 0, recipe.seed()), (torch, at) -> {
            before[0] = Evaluation.metric(torch, data.validation(), spec);
            Trainer.Result result = distill.listens()
                    ? withTeacher(stage, torch, spec, distill, assistants.isEmpty() ? teachers(teacher) : List.of(assistants.getLast()), at,
                            task -> zerosKept(task, torch, student))
                    : train(stage, torch, spec, zerosKept(new SupervisedObjective(spec), torch, student), recipe.seed(), at);
            boolean better = result.bestMetric() < before[0];
            file.write(better ? torch.steps() : start, before[0]);
            return better ? result : new Trainer.Result(student.weights(), before[0], result.curve(), result.seconds());
        });
        StepSizesFile.Content content = file.read(precision);
        progress.line(String.format(Locale.ROOT, "  %s: validation %.5f before, %.5f after training", stage, content.before(),
                tuned.bestMetric()));
        return new TunedStage(tuned, content.steps());
    }

    private Objective zerosKept(Objective task, TorchNetwork torch, TrainedStage student) {
        return recipe.sparsify().blocks() > 0 ? Sparsity.keepingZeros(task, torch, student.weights()) : task;
    }

    /** The student with hidden units removed, matrices in low rank and blocks of weights zeroed, as the recipe says; the student itself for neither. */
    TrainedStage sparse(Teacher teacher, List<TrainedStage> assistants, TrainedStage student) {
        var sparsify = recipe.sparsify();
        TrainedStage now = student;
        if (sparsify.units() > 0) {
            TrainedStage leaning = sparser("student-leaning", now, now.weights(), "leaning " + sparsify.groupLasso(), teacher, assistants,
                    (task, torch) -> Sparsity.groupLasso(task, torch, sparsify.groupLasso()));
            now = sparser("student-narrow", leaning, UnitRemoval.remove(leaning.weights(), sparsify.units()), "narrow " + sparsify.units(),
                    teacher, assistants, (task, _) -> task);
        }
        if (sparsify.rank() > 0) {
            now = sparser("student-low-rank", now, LowRank.factorise(now.weights(), sparsify.rank()), "rank " + sparsify.rank(), teacher,
                    assistants, (task, _) -> task);
        }
        if (sparsify.blocks() > 0) {
            now = sparser("student-blocks", now, now.weights(), "blocks " + sparsify.blocks(), teacher, assistants,
                    (task, torch) -> Sparsity.blocks(task, torch, sparsify.blocks()));
        }
        return now;
    }

    private interface Sparser {
        Objective of(Objective task, TorchNetwork torch);
    }

    /** Trains on from weights under the distillation's objective as it stood at its end, changed. */
    private TrainedStage sparser(String stage, TrainedStage before, Weights start, String what, Teacher teacher,
            List<TrainedStage> assistants, Sparser sparser) {
        TrainSpec spec = recipe.student().train().fineTuning(recipe.sparsify().epochs(), recipe.sparsify().learningRate());
        DistillSpec distill = recipe.distill().atItsEnd();
        String key = Hashing.key("sparse", VERSION, data.key(), before.key(), what, spec, distill, recipe.seed());
        TrainedStage made = once(stage, key, start.network(), () -> {
            var torch = new TorchNetwork(start.network(), 0, recipe.seed());
            torch.load(start);
            return torch;
        }, (torch, at) -> {
            Trainer.Result result = distill.listens()
                    ? withTeacher(stage, torch, spec, distill, assistants.isEmpty() ? teachers(teacher) : List.of(assistants.getLast()), at,
                            task -> sparser.of(task, torch))
                    : train(stage, torch, spec, sparser.of(new SupervisedObjective(spec), torch), recipe.seed(), at);
            // The averaged weights hold traces of what was zeroed again and again.
            boolean blocks = stage.equals("student-blocks");
            return blocks ? new Trainer.Result(BlockPruner.prune(result.weights(), recipe.sparsify().blocks()), result.bestMetric(),
                    result.curve(), result.seconds()) : result;
        });
        progress.line(String.format(Locale.ROOT, "  %s: validation %.5f before, %.5f after", stage, before.bestMetric(), made.bestMetric()));
        return made;
    }

    /** A network that reads other features has other weights for them. */
    private Weights weightsToCut(Teacher teacher) {
        return switch (teacher) {
            case TrainedStage trained -> trained.weights();
            case GivenNetwork given when given.preprocess().equals(data.preprocess()) -> given.weights();
            case GivenNetwork _ -> throw new AdzeException(AdzeException.Kind.USAGE, "distill.init cuts the student out of"
                    + " the teacher's weights, but the two read features scaled otherwise; set distill.init: random");
            case GivenEngine _ -> throw new IllegalStateException("the recipe reader refuses this");
        };
    }

    private int hidden(RecurrentNetwork teacher, RecurrentNetwork student) {
        requireCells(teacher, student);
        return lastHidden(teacher);
    }

    private void requireCells(RecurrentNetwork teacher, RecurrentNetwork student) {
        for (RecurrentNetwork network : List.of(teacher, student)) {
            if (recipe.distill().cellHintWeight() > 0 && !(network.layers().get(network.lastRecurrent()) instanceof Lstm)) {
                throw new AdzeException(AdzeException.Kind.USAGE, "distill.cellHintWeight compares the cell states of plain LSTMs,"
                        + " and the last recurrent layer of one of the two is " + network.layers().get(network.lastRecurrent()).kind()
                        + "; set it to 0 and take hintWeight");
            }
        }
    }

    private TeacherOutputs teacherOutputs(List<? extends Teacher> teachers, TrainSpec spec, TeacherView view) {
        String key = Hashing.key("teacher-outputs", VERSION, data.taughtKey(), teachers.stream().<String>map(Teacher::key).toList(), view,
                spec.lossFromStep());
        Path file = folder.stepFolder("teacher-outputs", key).resolve("outputs.bin");
        if (!Files.exists(file)) {
            progress.line("  teacher: outputs of " + data.taught().size() + " windows"
                    + (teachers.size() > 1 ? ", mean of " + teachers.size() + " teachers" : ""));
        }
        return switch (teachers.getFirst()) {
            case TrainedStage _ -> ownOutputs(file, teachers.stream().map(teacher -> ((TrainedStage) teacher).weights()).toList(), view);
            case GivenNetwork given -> TeacherOutputs.open(file, data.taught().size(), view,
                    GivenOutputs.of(given, data, view));
            case GivenEngine given -> TeacherOutputs.open(file, data.taught().size(), view,
                    GivenOutputs.of(given, data, view));
        };
    }

    private TeacherOutputs ownOutputs(Path file, List<Weights> teachers, TeacherView view) {
        var networks = new ArrayList<TorchNetwork>();
        try {
            for (Weights teacher : teachers) {
                var network = new TorchNetwork(teacher.network(), 0, 0);
                networks.add(network);
                network.load(teacher);
            }
            return TeacherOutputs.open(file, networks, data.taught(), view);
        } finally {
            networks.forEach(TorchNetwork::close);
        }
    }

    private static int lastHidden(RecurrentNetwork network) {
        if (network.lastRecurrent() < 0) {
            throw new AdzeException(AdzeException.Kind.USAGE, "distillation needs a recurrent layer");
        }
        return network.layers().get(network.lastRecurrent()).outputSize();
    }

    private Trainer.Result train(String stage, TorchNetwork torch, TrainSpec spec, Objective objective, long seed, Path step) {
        return train(stage, torch, data.training(), spec, objective, seed, step);
    }

    private Trainer.Result train(String stage, TorchNetwork torch, Windows training, TrainSpec spec, Objective objective, long seed,
            Path step) {
        Set<GradientWatch.Trouble> told = EnumSet.noneOf(GradientWatch.Trouble.class);
        try (var log = new TrainingLog(progress.training(stage), step.resolve("gradients.csv"),
                folder.root().resolve("tensorboard").resolve(stage), System::currentTimeMillis, finding -> {
                    Findings.append(step, finding);
                    if (told.add(finding.trouble())) {
                        progress.line("  " + stage + ": " + finding.trouble().name().toLowerCase(Locale.ROOT) + " gradient in "
                                + finding.name() + "; adze diagnose " + folder.root() + " tells more");
                    }
                })) {
            return new Trainer(torch, training, data.validation(), FeatureLayout.of(data.preprocess()), spec, objective,
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

    private TrainedStage once(String stage, String key, RecurrentNetwork network, TrainSpec spec, long seed, Training training) {
        return once(stage, key, network, () -> new TorchNetwork(network, spec.dropout(), seed), training);
    }

    private TrainedStage once(String stage, String key, RecurrentNetwork network, Supplier<TorchNetwork> start,
            Training training) {
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
        try (var torch = start.get()) {
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
