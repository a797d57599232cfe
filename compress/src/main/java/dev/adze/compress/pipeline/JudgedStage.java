package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.Evaluator;
import dev.adze.compress.evaluate.Judgement;
import dev.adze.compress.evaluate.StepTimer;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import java.nio.file.Path;
import java.util.List;

/**
 * One model of the run with everything known of it.
 *
 * @param name   {@code teacher}, {@code student fp32}, {@code student int8}
 * @param bundle file it was written to
 */
record JudgedStage(
        String name,
        Precision precision,
        NetworkTensors tensors,
        Path bundle,
        List<Evaluator.Predictions> predictions,
        Judgement judgement,
        StepTimer.Latency latency) {}
