package dev.adze.compress.train;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * How the values of one gate's weights, or of their gradients, are spread.
 *
 * @param name   {@code weight/layer 0 weight_hh forget} or {@code gradient/...}
 * @param counts of equal bins from {@code min} to {@code max}
 */
public record GateHistogram(String name, double min, double max, double sum, double sumOfSquares, double[] counts) {
    private static final int BINS = 40;

    /** Of all weights and, where there are any, of their gradients. */
    static List<GateHistogram> of(TorchNetwork network) {
        var histograms = new ArrayList<GateHistogram>();
        try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
            for (GateParts part : GateParts.of(network)) {
                add(histograms, "weight/", part, part.tensor().detach());
                if (part.tensor().grad().defined()) {
                    add(histograms, "gradient/", part, part.tensor().grad());
                }
            }
        }
        return histograms;
    }

    private static void add(List<GateHistogram> histograms, String kind, GateParts part, Tensor values) {
        Tensor gates = values.reshape(part.names().size(), -1);
        for (int gate = 0; gate < part.names().size(); gate++) {
            Tensor row = gates.select(0, gate);
            double min = row.min().item_float();
            double max = row.max().item_float();
            // Bins of no width would be a division by zero; all values fall into the first.
            double top = max > min ? max : min + Math.max(1e-12, Math.abs(min) * 1e-6);
            float[] counts = TorchNetwork.toArray(row.histc(BINS, new Scalar(min), new Scalar(top)));
            double[] wide = new double[BINS];
            for (int bin = 0; bin < BINS; bin++) {
                wide[bin] = counts[bin];
            }
            histograms.add(new GateHistogram(kind + part.names().get(gate), min, top, row.sum().item_float(),
                    row.square().sum().item_float(), wide));
        }
    }
}
