package dev.adze.compress.export;

import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.FeedForwardLayer;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.Residual;
import java.util.Optional;

/**
 * How far from zero the values go that a layer takes.
 *
 * @param bound  magnitude beyond which a value saturates
 * @param hidden whether they are hidden values of recurrent layers alone, which lie in (-1, 1)
 */
record ActivationReach(double bound, boolean hidden) {
    static final ActivationReach HIDDEN = new ActivationReach(1, true);
    /** Two digits of 8 bits afford two bits for series that go further than the calibration did. */
    private static final double MARGIN = 4;

    /**
     * Of a model's features: four times what calibration and the training part's channel ranges reach, and not beyond where
     * the preprocessing clips.
     */
    static ActivationReach ofFeatures(Optional<Manifest> manifest, float[] calibration) {
        double seen = 0;
        for (float feature : calibration) {
            seen = Math.max(seen, Math.abs(feature));
        }
        if (manifest.isPresent()) {
            var spec = manifest.get().preprocess();
            var ranges = new Calibration((float) -seen, (float) seen, java.util.List.of()).covering(spec);
            seen = Math.max(-ranges.smallest(), ranges.largest());
            double most = Math.max(1, spec.clip()); // a validity mask is 1
            return new ActivationReach(seen == 0 ? 1 : Math.min(most, MARGIN * seen), false);
        }
        return new ActivationReach(seen == 0 ? 1 : MARGIN * seen, false);
    }

    /** Of what a layer gives that takes values of this reach. @param weights of a dense layer */
    ActivationReach through(Layer layer, int index, ExportModel model) {
        return switch (layer) {
            case RecurrentLayer _, Bidirectional _ -> HIDDEN;
            case Residual _ -> new ActivationReach(bound + 1, false);
            case FeedForwardLayer other -> throw other.refusedBy("the exporter");
            case MeanPooling _, AttentionPooling _ -> new ActivationReach(bound, false);
            case Dense dense -> new ActivationReach(dense.activation() == Dense.Activation.TANH ? 1 : largestRow(dense,
                    model.weights().get(index, "weight"), model.weights().get(index, "bias")), false);
        };
    }

    private double largestRow(Dense dense, float[] weight, float[] bias) {
        double largest = Float.MIN_NORMAL;
        for (int row = 0; row < dense.outputSize(); row++) {
            double sum = Math.abs(bias[row]);
            for (int k = 0; k < dense.inputSize(); k++) {
                sum += Math.abs(weight[row * dense.inputSize() + k]) * bound;
            }
            largest = Math.max(largest, sum);
        }
        return largest;
    }
}
