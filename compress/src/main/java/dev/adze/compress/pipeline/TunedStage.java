package dev.adze.compress.pipeline;

import dev.adze.compress.quantize.StepSizes;

/** A student trained for a precision, and the steps that make its integers. */
record TunedStage(TrainedStage stage, StepSizes steps) {}
