package dev.adze.compress.pipeline;

import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.compress.quantize.Rounding;
import dev.adze.compress.quantize.StepSizes;
import dev.adze.compress.recipe.RecipeReader;
import dev.adze.compress.train.BiasCorrection;
import dev.adze.compress.train.CalibratedRounding;
import dev.adze.compress.train.Evaluation;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.runtime.calibrate.LatencyTable;
import dev.adze.runtime.calibrate.LatencyTableFile;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Quantizes a student that is not tuned for the precision; what the recipe adds to that is kept where validation gains. */
record AfterTraining(RecipeReader.Loaded loaded, Prepared data, Progress progress) {
    /** Matrices, and with them biases, whose integers these steps make. */
    private record Candidate(Weights weights, double metric) {}

    NetworkTensors quantize(Weights student, Precision precision) {
        var settings = loaded.recipe().quantize();
        if (precision == Precision.MIXED) {
            return mixed(student);
        }
        boolean integers = precision == Precision.INT8 || precision == Precision.INT4;
        boolean calibrated = settings.rounding() == Rounding.CALIBRATED;
        if (!integers || !settings.biasCorrection() && !calibrated) {
            return NetworkQuantizer.quantize(student, precision, settings.calibration());
        }
        if (!SensitivityStep.simulated(student)) {
            progress.line("  " + label(precision) + ": layerNorm and peephole layers have no simulation, so they are rounded to nearest"
                    + " and their biases left as they are");
            return NetworkQuantizer.quantize(student, precision, settings.calibration());
        }
        StepSizes steps = StepSizes.of(student, precision, settings.calibration());
        Candidate best = new Candidate(student, metric(student, steps));
        if (calibrated) {
            best = better(best, CalibratedRounding.of(student, steps, data.training()), steps, "calibrated rounding");
        }
        Weights rounded = best.weights();
        if (settings.biasCorrection()) {
            best = better(best, BiasCorrection.of(student, rounded, steps, data.training()), steps, "corrected biases");
        }
        return rounded == student ? NetworkQuantizer.quantize(best.weights(), precision, settings.calibration())
                : NetworkQuantizer.quantize(best.weights(), steps);
    }

    /** A precision for every layer, of what a student whole in it would have there. */
    private NetworkTensors mixed(Weights student) {
        var settings = loaded.recipe().quantize().mixed();
        List<Precision> choices = settings.choices().stream().map(label -> Precision.valueOf(label.toUpperCase(Locale.ROOT))).toList();
        var whole = new LinkedHashMap<Precision, NetworkTensors>();
        whole.put(Precision.FP32, NetworkTensors.of(student));
        choices.stream().filter(choice -> choice != Precision.FP32).forEach(choice -> whole.put(choice, quantize(student, choice)));
        Optional<LatencyTable> table = Optional.of(settings.table()).filter(t -> !t.isEmpty())
                .map(t -> LatencyTableFile.read(loaded.folder().resolve(t)));
        var judge = ValidationJudge.ofSome(data.validation(), loaded.recipe().student().train());
        return new MixedChoice(whole, choices, new MixedChoice.Budget(settings.bytes(), settings.latencyMicros(), table), judge::error,
                progress::line).choose();
    }

    private Candidate better(Candidate before, Weights weights, StepSizes steps, String what) {
        var after = new Candidate(weights, metric(weights, steps));
        progress.line(String.format(Locale.ROOT, "  %s: validation %.5f, with %s %.5f", label(steps.precision()), before.metric(),
                what, after.metric()));
        return after.metric() < before.metric() ? after : before;
    }

    private static String label(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    private double metric(Weights weights, StepSizes steps) {
        try (var torch = TorchNetwork.quantized(weights, steps, 0, 0)) {
            return Evaluation.metric(torch, data.validation(), loaded.recipe().student().train());
        }
    }
}
