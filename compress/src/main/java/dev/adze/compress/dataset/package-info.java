/**
 * From a recording to batches for training: targets, fill-in, scaling, leak-free splits and sliding windows. Features
 * come from the very {@link dev.adze.runtime.preprocess.Preprocessor} that runs on the device.
 */
package dev.adze.compress.dataset;
