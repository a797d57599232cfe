package dev.adze.compress.train;

import dev.adze.compress.quantize.GramRounding;
import dev.adze.compress.quantize.StepSizes;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Rounds the matrices of LSTM and GRU layers so that their pre-activations over real windows change least. Layer by layer,
 * each over what the quantized network, with the layers before it rounded so already, gives it and carries in its own state.
 * A row's input and hidden weights are rounded together, and take up each other's errors; the mean of what is left goes into
 * the bias. Layers from the first on, up to the first of another kind; the rest is rounded to nearest later.
 */
public final class CalibratedRounding {
    private static final int WINDOWS = 512;

    private CalibratedRounding() {}

    /** Of {@code [x, h before]}, over windows and steps: means, and mean products about them. */
    private record Moments(double[] means, double[][] products) {
        /** Inputs and hidden values taken for independent. */
        Moments apart(int inputs) {
            double[][] apart = new double[products.length][products.length];
            for (int i = 0; i < apart.length; i++) {
                for (int j = 0; j < apart.length; j++) {
                    apart[i][j] = i < inputs == j < inputs ? products[i][j] : 0;
                }
            }
            return new Moments(means, apart);
        }
    }

    /** @return the weights with matrices of whole steps, which rounding to nearest leaves as they are, and other biases */
    public static Weights of(Weights weights, StepSizes steps, Windows windows) {
        RecurrentNetwork network = weights.network();
        Windows some = new SpreadWindows(windows, WINDOWS);
        Weights now = weights;
        try (var integers = TorchNetwork.quantized(weights, steps, 0, 0)) {
            for (int i = 0; i < network.layers().size(); i++) {
                Layer layer = network.layers().get(i);
                if (!(layer instanceof Lstm) && !(layer instanceof Gru)) {
                    break;
                }
                integers.load(now);
                now = rounded(now, i, steps, moments(integers, some, i));
            }
        }
        return now;
    }

    private static Weights rounded(Weights now, int index, StepSizes steps, Moments moments) {
        Layer layer = now.network().layers().get(index);
        var tensors = new LinkedHashMap<String, float[]>();
        now.tensors().forEach((name, values) -> tensors.put(name, values.clone()));
        String prefix = RecurrentNetwork.tensorName(index, "");
        float[] bias = tensors.get(prefix + "bias");
        var joint = new GramRounding(moments.products());
        // A GRU's reset gate stands between the candidate's two sums, so that one can't take up the other's errors.
        int together = layer instanceof Gru ? 2 * layer.outputSize() : bias.length;
        var apart = together < bias.length ? new GramRounding(moments.apart(layer.inputSize()).products()) : joint;
        for (int row = 0; row < bias.length; row++) {
            double[] left = row(prefix, row, row < together ? joint : apart, steps, tensors, moments.means(), layer.inputSize());
            bias[row] += (float) (row < together ? left[0] + left[1] : left[0]);
            if (row >= together) {
                tensors.get(prefix + "bias_hn")[row - together] += (float) left[1];
            }
        }
        return new Weights(now.network(), tensors);
    }

    /** Rounds a row in place. @return the mean that its input and its hidden sum lost by it */
    private static double[] row(String prefix, int row, GramRounding rounding, StepSizes steps,
            LinkedHashMap<String, float[]> tensors, double[] means, int inputs) {
        float[] ofInput = tensors.get(prefix + "weight_ih");
        float[] ofHidden = tensors.get(prefix + "weight_hh");
        int hidden = means.length - inputs;
        float[] inputSteps = steps.ofRow(prefix + "weight_ih", row, inputs);
        float[] hiddenSteps = steps.ofRow(prefix + "weight_hh", row, hidden);
        double[] weights = new double[means.length];
        double[] each = new double[means.length];
        for (int k = 0; k < weights.length; k++) {
            weights[k] = k < inputs ? ofInput[row * inputs + k] : ofHidden[row * hidden + k - inputs];
            each[k] = k < inputs ? inputSteps[k] : hiddenSteps[k - inputs];
        }
        double[] before = weights.clone();
        rounding.round(weights, each, steps.largest());
        double[] lost = new double[2];
        for (int k = 0; k < weights.length; k++) {
            lost[k < inputs ? 0 : 1] += (before[k] - weights[k]) * means[k];
            if (k < inputs) {
                ofInput[row * inputs + k] = (float) weights[k];
            } else {
                ofHidden[row * hidden + k - inputs] = (float) weights[k];
            }
        }
        return lost;
    }

    private static Moments moments(TorchNetwork network, Windows windows, int layer) {
        Layer kind = network.network().layers().get(layer);
        int size = kind.inputSize() + kind.outputSize();
        double[] means = new double[size];
        double[][] products = new double[size][size];
        double total = (double) windows.size() * windows.windowSteps();
        Evaluation.forEachBatch(network, windows, (forward, batch) -> {
            Tensor input = layer == 0 ? batch.features() : forward.hidden().get(layer - 1);
            Tensor h = forward.hidden().get(layer);
            Tensor start = torch.zeros_like(h.narrow(1, 0, 1));
            Tensor before = torch.cat(new TensorVector(start, h.narrow(1, 0, h.size(1) - 1)), 1);
            Tensor both = torch.cat(new TensorVector(input, before), 2).view(-1, size);
            float[] sums = TorchNetwork.toArray(both.sum(0));
            float[] squares = TorchNetwork.toArray(torch.matmul(both.t(), both));
            for (int i = 0; i < size; i++) {
                means[i] += sums[i] / total;
                for (int j = 0; j < size; j++) {
                    products[i][j] += squares[i * size + j] / total;
                }
            }
        });
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                products[i][j] -= means[i] * means[j];
            }
        }
        return new Moments(means, products);
    }
}
