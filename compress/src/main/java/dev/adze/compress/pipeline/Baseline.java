package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.evaluate.Judgement;
import dev.adze.runtime.bundle.TaskSpec;
import java.util.Locale;
import java.util.Optional;

/** What a forecast is worth without a model: the newest mean of the target, said to stay as it is. */
final class Baseline {
    private Baseline() {}

    /** A line for people; empty for tasks that are no forecast. */
    static Optional<String> describe(Prepared data) {
        if (data.heldOut().series().getFirst().naive() == null) {
            return Optional.empty();
        }
        int outputs = data.task().outputs().size();
        TaskSpec task = data.task().kind() == TaskSpec.Kind.ANOMALY
                ? data.fitted(Evaluator.naive(data.usual(), outputs), data.task()) : data.task();
        var figure = Judgement.of(task, data.preprocess(), Evaluator.naive(data.heldOut(), outputs), task.windowSteps()).main();
        return Optional.of(String.format(Locale.ROOT, "no model (%s): %s %.4f", data.task().relative() ? "what the outputs are relative to, alone"
                : "it stays as it is", figure.name(), figure.value()));
    }
}
