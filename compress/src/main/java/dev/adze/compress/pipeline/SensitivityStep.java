package dev.adze.compress.pipeline;

import dev.adze.compress.quantize.Calibration;
import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.compress.quantize.StepSizes;
import dev.adze.compress.report.Sensitivity;
import dev.adze.compress.train.Evaluation;
import dev.adze.compress.train.GateSensitivity;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.TrainSpec;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Quantizes the student part by part, after training, and judges every time on the validation part. */
record SensitivityStep(Prepared data, TrainSpec spec) {
    Sensitivity run(Weights student, Precision precision, Calibration calibration) {
        double error;
        try (var torch = new TorchNetwork(student.network(), 0, 0)) {
            torch.load(student);
            error = Evaluation.metric(torch, data.validation(), spec);
        }
        var parts = new ArrayList<Sensitivity.Part>();
        GateSensitivity.of(student, NetworkQuantizer.quantize(student, precision, calibration).toWeights(), data.validation(),
                spec)
                .forEach(part -> parts.add(new Sensitivity.Part(part.name(), part.metric())));
        if (simulated(student)) {
            try (var torch = TorchNetwork.quantized(student, StepSizes.of(student, precision, calibration), 0, 0)) {
                parts.add(new Sensitivity.Part("all weights, and digits", Evaluation.metric(torch, data.validation(), spec)));
            }
        }
        return new Sensitivity(precision.name().toLowerCase(Locale.ROOT), metric(), error, List.copyOf(parts),
                LagSensitivity.of(data.validation()).of(NetworkTensors.of(student), NetworkQuantizer.quantize(student, precision, calibration)));
    }

    /** Layer normalisation and peepholes have no simulation. */
    static boolean simulated(Weights student) {
        return student.tensors().keySet().stream().noneMatch(name -> name.contains("norm_") || name.endsWith("peephole"));
    }

    private String metric() {
        return switch (spec.loss()) {
            case MSE, HUBER -> "validation RMSE (scaled)";
            case QUANTILE -> "validation pinball loss";
            case CROSS_ENTROPY, FOCAL -> "validation cross-entropy";
        };
    }

    /** Only what is quantized to integers has parts worth telling apart. */
    static List<Precision> of(List<Precision> precisions) {
        return precisions.stream().filter(p -> p == Precision.INT8 || p == Precision.INT4).toList();
    }
}
