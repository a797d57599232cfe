package dev.adze.compress.pipeline;

import dev.adze.compress.recipe.GivenTeacher;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.compress.teacher.KerasWeights;
import dev.adze.compress.teacher.NetworkEngine;
import dev.adze.compress.teacher.OnnxTeacher;
import dev.adze.compress.teacher.StateDict;
import dev.adze.compress.teacher.TeacherEngine;
import dev.adze.compress.teacher.TeacherExamples;
import dev.adze.compress.teacher.TeacherShape;
import dev.adze.compress.teacher.TorchScriptTeacher;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.BundleReader;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Opens the teacher that a recipe names by its file, and holds it against the data and against examples of its own. */
final class GivenTeacherStep {
    private final Recipe recipe;
    private final GivenTeacher given;
    private final Path folder;
    private final Prepared data;
    private final Progress progress;
    private final Path file;

    GivenTeacherStep(RecipeReader.Loaded loaded, Prepared data, Progress progress) {
        recipe = loaded.recipe();
        given = recipe.given();
        folder = loaded.folder();
        this.data = data;
        this.progress = progress;
        file = folder.resolve(given.from()).normalize();
    }

    /** What the teacher reads and what its outputs mean. */
    private record Reading(PreprocessSpec preprocess, TaskSpec task) {}

    /**
     * The caller closes a {@link GivenEngine}'s engine.
     *
     * @throws AdzeException NOT_FOUND, BAD_BUNDLE, USAGE where it does not fit the recipe, MISMATCH with its examples
     */
    Teacher open() {
        return switch (given.format()) {
            case BUNDLE -> bundle();
            case STATE_DICT -> {
                StateDict dict = StateDict.read(file, activation());
                yield network(dict.weights(), dict.manifest());
            }
            case KERAS -> network(KerasWeights.read(file, activation()), Optional.empty());
            case ONNX -> {
                // Its own manifest tells what it reads, and that the shape of its input.
                Optional<Manifest> manifest = OnnxTeacher.manifest(file);
                Reading reading = reading(manifest);
                yield engine(OnnxTeacher.open(file, shape(reading), given), reading, manifest);
            }
            case TORCHSCRIPT -> {
                Reading reading = reading(Optional.empty());
                yield engine(TorchScriptTeacher.open(file, shape(reading), given), reading, Optional.empty());
            }
        };
    }

    private Teacher bundle() {
        try (Arena arena = Arena.ofConfined()) {
            Bundle bundle = BundleReader.read(file, arena);
            return network(bundle.weights().toWeights(), Optional.of(bundle.manifest()));
        }
    }

    private TeacherShape shape(Reading reading) {
        return new TeacherShape(recipe.task().windowSteps(), reading.preprocess().featureCount(), data.task().outputs().size());
    }

    private Dense.Activation activation() {
        return switch (given.activation()) {
            case "relu" -> Dense.Activation.RELU;
            case "tanh" -> Dense.Activation.TANH;
            case "gelu" -> Dense.Activation.GELU;
            default -> null;
        };
    }

    private Teacher network(Weights weights, Optional<Manifest> manifest) {
        var network = weights.network();
        Reading reading = reading(manifest);
        if (network.inputSize() != reading.preprocess().featureCount() || network.outputSize() != data.task().outputs().size()) {
            throw usage("takes " + network.inputSize() + " features and gives " + network.outputSize() + " outputs, but the data has "
                    + reading.preprocess().featureCount() + " features and " + data.task().outputs().size() + " outputs; set"
                    + " task.inputs, task.targets and preprocess to what it was trained on");
        }
        TaskSpec task = reading.task();
        if (task.mode() == TaskSpec.Mode.STREAM && (!network.causal() || network.pools())) {
            // It teaches window by window, and is judged so.
            task = new TaskSpec(task.kind(), TaskSpec.Mode.WINDOW, task.windowSteps(), task.horizonSteps(), task.periodMillis(),
                    task.outputs());
        }
        progress.line("teacher: " + file.getFileName() + ", " + Describe.network(network) + ", "
                + Describe.count(network.parameterCount()) + " parameters, not trained here");
        try (var engine = new NetworkEngine(weights)) {
            checkExamples(engine, network.inputSize());
        }
        return new GivenNetwork(key(), weights, reading.preprocess(), task);
    }

    private Teacher engine(TeacherEngine engine, Reading reading, Optional<Manifest> manifest) {
        try {
            progress.line("teacher: " + file.getFileName() + ", " + engine.architecture()
                    + (engine.parameters() == null ? "" : ", " + Describe.count(engine.parameters()) + " parameters") + ", run by "
                    + engine.name() + ", not trained here");
            checkExamples(engine, reading.preprocess().featureCount());
            GivenTeacher.Gives gives = given.outputs() == GivenTeacher.Gives.AUTO ? GivenTeacher.Gives.SCALED : given.outputs();
            return new GivenEngine(key(), file, engine, reading.preprocess(), reading.task(), gives);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private void checkExamples(TeacherEngine engine, int features) {
        if (given.examples().isEmpty()) {
            if (given.format() == GivenTeacher.Format.STATE_DICT || given.format() == GivenTeacher.Format.KERAS) {
                progress.line("  not compared with the engine it was trained in: name a file of inputs and outputs in teacher.examples");
            }
            return;
        }
        progress.line("  " + TeacherExamples.check(folder.resolve(given.examples()), engine, file.getFileName().toString(),
                features, data.task().outputs().size()));
    }

    private Reading reading(Optional<Manifest> manifest) {
        manifest.ifPresent(this::requireSameTask);
        boolean classes = data.task().kind() == TaskSpec.Kind.CLASSIFICATION;
        PreprocessSpec preprocess = switch (given.inputs()) {
            case AUTO -> manifest.map(Manifest::preprocess).orElse(data.preprocess());
            case FEATURES -> data.preprocess();
            case RAW -> raw();
        };
        List<TaskSpec.OutputSpec> outputs = switch (given.outputs()) {
            case AUTO -> manifest.map(m -> m.task().outputs()).orElse(data.task().outputs());
            case SCALED -> data.task().outputs();
            case PHYSICAL -> data.task().outputs().stream().map(o -> new TaskSpec.OutputSpec(o.name(), o.unit(), 0, 1, o.min(),
                    o.max())).toList();
            case PROBABILITIES -> {
                if (!classes || !given.format().closed()) {
                    throw usage("gives no probabilities: teacher.outputs: probabilities is for ONNX and TorchScript classifiers");
                }
                yield data.task().outputs();
            }
        };
        if (data.task().relative() && given.outputs() == GivenTeacher.Gives.PHYSICAL) {
            throw usage("gives values in physical units, but the recipe's outputs are relative to earlier ones; set"
                    + " task.relativeTo: none");
        }
        if (classes && given.outputs() == GivenTeacher.Gives.PHYSICAL) {
            throw usage("is a classifier: teacher.outputs is scaled (logits) or probabilities");
        }
        TaskSpec task = data.task();
        return new Reading(preprocess, new TaskSpec(task.kind(), task.mode(), task.windowSteps(), task.horizonSteps(),
                task.periodMillis(), outputs));
    }

    /** The channels in their own units; a value that is missing for long is 0. */
    private PreprocessSpec raw() {
        var channels = data.preprocess().channels().stream()
                .map(c -> new ChannelSpec(c.name(), c.unit(), 0, 1, c.min(), c.max())).toList();
        return new PreprocessSpec(channels, data.preprocess().forwardFillSteps(), Double.POSITIVE_INFINITY, List.of(), false);
    }

    private void requireSameTask(Manifest manifest) {
        TaskSpec own = manifest.task();
        TaskSpec task = data.task();
        List<String> channels = manifest.preprocess().channels().stream().map(ChannelSpec::name).toList();
        List<String> here = data.preprocess().channels().stream().map(ChannelSpec::name).toList();
        require(channels.equals(here), "the channels " + String.join(", ", channels), "task.inputs",
                String.join(", ", here));
        List<String> outputs = own.outputs().stream().map(TaskSpec.OutputSpec::name).toList();
        List<String> wanted = task.outputs().stream().map(TaskSpec.OutputSpec::name).toList();
        require(outputs.equals(wanted), "the outputs " + String.join(", ", outputs), "task.targets", String.join(", ", wanted));
        require(own.horizonSteps() == task.horizonSteps(), own.horizonSteps() + " steps ahead", "task.horizonSteps",
                String.valueOf(task.horizonSteps()));
        require(own.outputs().stream().map(TaskSpec.OutputSpec::ahead).toList()
                .equals(task.outputs().stream().map(TaskSpec.OutputSpec::ahead).toList()), "outputs relative to something else",
                "task.relativeTo", "other references");
        require(own.periodMillis() == task.periodMillis() || own.periodMillis() == 0 || task.periodMillis() == 0,
                "steps of " + own.periodMillis() + " ms", "data.periodMillis", task.periodMillis() + " ms");
        require(own.mode() == TaskSpec.Mode.STREAM || own.windowSteps() == task.windowSteps(),
                "windows of " + own.windowSteps() + " steps", "task.windowSteps", String.valueOf(task.windowSteps()));
    }

    private void require(boolean same, String its, String key, String here) {
        if (!same) {
            throw usage("was made for " + its + ", but the recipe has " + here + "; set " + key + " to the teacher's");
        }
    }

    private String key() {
        try {
            return Hashing.key("given-teacher", 1, Hashing.sha256(Files.readAllBytes(file)), given.inputs(), given.outputs(),
                    given.layout(), given.output(), given.activation(), data.key());
        } catch (IOException e) {
            throw new AdzeException(AdzeException.Kind.NOT_FOUND, "teacher " + file + " cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private AdzeException usage(String message) {
        return new AdzeException(AdzeException.Kind.USAGE, "teacher " + file.getFileName() + " " + message);
    }
}
