package dev.adze.compress.pipeline;

import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.List;

/**
 * The data in the shape that training and judging need.
 *
 * @param key          hash of the training data and of everything that was done to it
 * @param dataHash     SHA-256 over all input files, held-out ones included
 * @param uncappedLife remaining life without the cap, one a held-out series; null for other tasks
 * @param notes        what a user should know, one line each
 */
record Prepared(
        String key,
        String dataHash,
        PreprocessSpec preprocess,
        TaskSpec task,
        Windows training,
        Windows validation,
        HeldOut heldOut,
        double[] uncappedLife,
        List<String> notes) {}
