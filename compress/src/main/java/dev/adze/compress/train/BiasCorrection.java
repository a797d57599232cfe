package dev.adze.compress.train;

import dev.adze.compress.quantize.NetworkQuantizer;
import dev.adze.compress.quantize.StepSizes;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Takes out of every row the mean error that quantization put into it (Nagel et al. 2019, section 4.2, measured on data). The
 * loop is closed: the quantized network runs its own state over real windows, simulated as in quantization-aware training.
 *
 * <p>A row's mean pre-activation is linear in the means of its inputs, so these suffice:
 * {@code W mean(x) + R mean(h)}, once with the fp32 weights and the fp32 network's values, once with the rounded ones and the
 * quantized network's. The difference goes into the bias, layer by layer, each with the layers before it corrected.
 * LSTM and GRU layers from the first on are corrected, up to the first layer of another kind.
 */
public final class BiasCorrection {
    /** Windows that the means are taken over, at most: their error then is far below the corrections. */
    private static final int WINDOWS = 1024;

    private static final int ROUNDS = 3;

    private BiasCorrection() {}

    /** Mean input and mean last hidden value of a layer, over windows and steps. */
    private record Means(double[] input, double[] hidden) {}

    /** @return the weights with other biases; nothing else is changed */
    public static Weights of(Weights weights, StepSizes steps, Windows windows) {
        return of(weights, weights, steps, windows);
    }

    /** @param start matrices of the quantized network, where they are not the rounded ones of {@code weights}; returned with other biases */
    public static Weights of(Weights weights, Weights start, StepSizes steps, Windows windows) {
        RecurrentNetwork network = weights.network();
        Windows some = new SpreadWindows(windows, WINDOWS);
        Weights rounded = NetworkQuantizer.quantize(start, steps).toWeights();
        Weights corrected = start;
        try (var floats = new TorchNetwork(network, 0, 0); var integers = TorchNetwork.quantized(weights, steps, 0, 0)) {
            floats.load(weights);
            for (int i = 0; i < network.layers().size(); i++) {
                Layer layer = network.layers().get(i);
                if (!(layer instanceof Lstm) && !(layer instanceof Gru)) {
                    break;
                }
                Means wanted = means(floats, some, i);
                for (int round = 0; round < ROUNDS; round++) { // a layer's own hidden values move with its bias
                    integers.load(corrected);
                    corrected = corrected(corrected, i, weights, wanted, rounded, means(integers, some, i));
                }
            }
        }
        return corrected;
    }

    private static Weights corrected(Weights now, int index, Weights weights, Means floats, Weights rounded, Means integers) {
        var tensors = new LinkedHashMap<>(now.tensors());
        int hidden = floats.hidden().length;
        String biasName = RecurrentNetwork.tensorName(index, "bias");
        float[] bias = weights.tensors().get(biasName).clone();
        double[] ofInput = difference(weights.get(index, "weight_ih"), floats.input(), rounded.get(index, "weight_ih"), integers.input());
        double[] ofHidden = difference(weights.get(index, "weight_hh"), floats.hidden(), rounded.get(index, "weight_hh"), integers.hidden());
        boolean gru = now.network().layers().get(index) instanceof Gru;
        for (int row = 0; row < bias.length; row++) {
            // A GRU's reset gate stands between the candidate's two sums: the hidden one has a bias of its own.
            bias[row] += (float) (ofInput[row] + (gru && row >= 2 * hidden ? 0 : ofHidden[row]));
        }
        tensors.put(biasName, bias);
        if (gru) {
            String name = RecurrentNetwork.tensorName(index, "bias_hn");
            float[] candidate = weights.tensors().get(name).clone();
            for (int unit = 0; unit < hidden; unit++) {
                candidate[unit] += (float) ofHidden[2 * hidden + unit];
            }
            tensors.put(name, candidate);
        }
        return new Weights(now.network(), tensors);
    }

    /** {@code a x - b y}, row by row. */
    private static double[] difference(float[] a, double[] x, float[] b, double[] y) {
        double[] rows = new double[a.length / x.length];
        for (int i = 0; i < a.length; i++) {
            rows[i / x.length] += a[i] * x[i % x.length] - b[i] * y[i % x.length];
        }
        return rows;
    }

    private static Means means(TorchNetwork network, Windows windows, int layer) {
        Layer kind = network.network().layers().get(layer);
        var sums = new Means(new double[kind.inputSize()], new double[kind.outputSize()]);
        Evaluation.forEachBatch(network, windows, (forward, batch) -> {
            Tensor input = layer == 0 ? batch.features() : forward.hidden().get(layer - 1);
            Tensor h = forward.hidden().get(layer);
            add(sums.input(), input, windows, input.size(1));
            add(sums.hidden(), h, windows, h.size(1) - 1); // before the first step it is 0
        });
        return sums;
    }

    private static void add(double[] means, Tensor values, Windows windows, long steps) {
        double total = (double) windows.size() * windows.windowSteps();
        float[] sum = TorchNetwork.toArray(values.narrow(1, 0, steps).sum(0, 1).mul(new Scalar(1 / total)));
        for (int i = 0; i < means.length; i++) {
            means[i] += sum[i];
        }
    }
}
