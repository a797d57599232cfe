package dev.adze.compress.pipeline;

import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.dataset.ScalingFitter;
import dev.adze.compress.dataset.Split;
import dev.adze.compress.dataset.Targets;
import dev.adze.compress.recipe.Recipe;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.ChannelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the network's outputs mean: names, scaling, and what a forecast is relative to. */
record OutputsOfTask(Recipe recipe, SensorRecording recording, Targets targets, Split split) {
    /** @throws AdzeException USAGE for a recipe whose forecast makes no sense */
    TaskSpec task() {
        Recipe.Task task = recipe.task();
        return new TaskSpec(task.kind(), task.mode(), task.windowSteps(), targets.horizonSteps(), recording.periodMillis(),
                outputs(task));
    }

    private List<TaskSpec.OutputSpec> outputs(Recipe.Task task) {
        if (task.kind() == TaskSpec.Kind.CLASSIFICATION) {
            ScalingFitter.requireVaried(targets, split.train());
            return task.classes().stream().map(name -> new TaskSpec.OutputSpec(
                    name, "", 0, 1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)).toList();
        }
        if (!task.everyStep() && task.relativeTo() == Recipe.RelativeTo.NONE && task.kind() != TaskSpec.Kind.ANOMALY) {
            return ScalingFitter.fit(targets, split.train(), recipe.preprocess().scaling());
        }
        return forecasts(task);
    }

    /** One an output of {@link Targets}; scaled as their channels are, so that all steps count alike. */
    private List<TaskSpec.OutputSpec> forecasts(Recipe.Task task) {
        require(task.inputs().isEmpty() || task.inputs().containsAll(task.targets()), "task.everyStep, task.relativeTo and"
                + " kind: anomaly need the targets' own values: list " + String.join(", ", task.targets()) + " in task.inputs");
        require(task.target() == Recipe.Target.AHEAD, "task.everyStep, task.relativeTo and kind: anomaly are for"
                + " task.target: ahead");
        require(task.averageSteps() == 1, "task.everyStep, task.relativeTo and kind: anomaly take plain values: set"
                + " task.averageSteps: 1");
        var fitted = ScalingFitter.fit(recording.select(task.targets()), split.fitting(), recipe.preprocess().scaling());
        require(fitted.constant().isEmpty(), "target " + String.join(", ", fitted.constant())
                + " never changes in the training rows, so there is nothing to learn; take another");
        List<ChannelSpec> channels = fitted.channels();
        var outputs = new ArrayList<TaskSpec.OutputSpec>();
        for (int o = 0; o < targets.count(); o++) {
            ChannelSpec channel = channels.get(o % channels.size());
            int steps = task.everyStep() ? 1 + o / channels.size() : task.horizonSteps();
            Optional<TaskSpec.Reference> reference = reference(task, steps);
            outputs.add(new TaskSpec.OutputSpec(targets.names().get(o).name(), channel.unit(),
                    reference.isPresent() ? 0 : channel.center(), channel.scale(), targets.min(), targets.max(),
                    Optional.of(new TaskSpec.Ahead(channel.name(), steps, reference))));
        }
        return outputs;
    }

    private static Optional<TaskSpec.Reference> reference(Recipe.Task task, int steps) {
        boolean stream = task.mode() == TaskSpec.Mode.STREAM;
        int window = task.windowSteps();
        int season = task.seasonSteps();
        return switch (task.relativeTo()) {
            case NONE -> Optional.empty();
            case LAST -> Optional.of(new TaskSpec.Reference(0, 1, 1));
            case WINDOW_MEAN -> {
                require(!stream, "task.relativeTo: window-mean needs a window: set task.mode: window, or relativeTo: last");
                yield Optional.of(new TaskSpec.Reference(0, 1, window));
            }
            case SEASON -> {
                require(!stream, "task.relativeTo: season needs a window: set task.mode: window, or relativeTo: last");
                require(season >= 1 && season <= window, "task.relativeTo: season needs task.seasonSteps from 1 to windowSteps ("
                        + window + "), the steps after which the data repeats itself");
                int lag = Math.ceilDiv(steps, season) * season - steps;
                yield Optional.of(new TaskSpec.Reference(lag, season, (window - 1 - lag) / season + 1));
            }
        };
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AdzeException(AdzeException.Kind.USAGE, message);
        }
    }
}
