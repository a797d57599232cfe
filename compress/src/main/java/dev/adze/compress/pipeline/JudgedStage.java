package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.evaluate.Judgement;
import dev.adze.compress.evaluate.StepTimer;
import dev.adze.runtime.model.NetworkTensors;
import java.nio.file.Path;
import java.util.List;

/**
 * One model of the run with everything known of it.
 *
 * @param name    {@code teacher}, {@code student fp32}, {@code student int8}
 * @param tensors its weights; null for a teacher that only answers
 * @param bundle  file it was written to; likewise
 */
record JudgedStage(
        String name,
        ModelFacts facts,
        NetworkTensors tensors,
        Path bundle,
        List<Evaluator.Predictions> predictions,
        Judgement judgement,
        StepTimer.Latency latency) {}
