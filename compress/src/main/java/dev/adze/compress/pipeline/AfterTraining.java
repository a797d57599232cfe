package dev.adze.compress.pipeline;

import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.compress.quantize.StepSizes;
import dev.adze.compress.recipe.Recipe;
import dev.adze.compress.train.BiasCorrection;
import dev.adze.compress.train.Evaluation;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.Weights;
import java.util.Locale;

/** Quantizes a student that is not tuned for the precision; corrects its biases if the recipe says so and validation gains. */
record AfterTraining(Recipe recipe, Prepared data, Progress progress) {
    NetworkTensors quantize(Weights student, Precision precision) {
        var settings = recipe.quantize();
        boolean integers = precision == Precision.INT8 || precision == Precision.INT4;
        if (!settings.biasCorrection() || !integers || !SensitivityStep.simulated(student)) {
            return NetworkQuantizer.quantize(student, precision, settings.calibration());
        }
        StepSizes steps = StepSizes.of(student, precision, settings.calibration());
        Weights corrected = BiasCorrection.of(student, steps, data.training());
        double before = metric(student, steps);
        double after = metric(corrected, steps);
        progress.line(String.format(Locale.ROOT, "  %s: validation %.5f, with corrected biases %.5f",
                precision.name().toLowerCase(Locale.ROOT), before, after));
        return NetworkQuantizer.quantize(after < before ? corrected : student, precision, settings.calibration());
    }

    private double metric(Weights weights, StepSizes steps) {
        try (var torch = TorchNetwork.quantized(weights, steps, 0, 0)) {
            return Evaluation.metric(torch, data.validation(), recipe.student().train());
        }
    }
}
