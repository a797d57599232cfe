package dev.adze.compress.pipeline;

import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.preprocess.PreprocessSpec;

/**
 * A network that was trained elsewhere and can be looked into.
 *
 * @param preprocess what it reads, which may not be what the student reads
 * @param task       the recipe's, with the teacher's own scaling of the outputs
 */
record GivenNetwork(String key, Weights weights, PreprocessSpec preprocess, TaskSpec task) implements Teacher {}
