package dev.adze.compress.pipeline;

import dev.adze.compress.train.Epoch;
import dev.adze.runtime.model.Weights;
import java.util.List;

/**
 * A trained network and how it was trained.
 *
 * @param key     of the step's cache folder: changes with anything that went into it
 * @param seconds spent training, over all sittings
 */
record TrainedStage(String key, Weights weights, double bestMetric, List<Epoch> curve, double seconds)
        implements Teacher {}
