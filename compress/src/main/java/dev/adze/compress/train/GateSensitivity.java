package dev.adze.compress.train;

import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What a network loses on the validation part when the weights of one gate, of one layer or of all of it are quantized and
 * the rest is not. Weights alone are rounded; hidden values and sums stay floats.
 */
public final class GateSensitivity {
    private GateSensitivity() {}

    /**
     * @param name   {@code layer 0 weight_hh forget}, {@code layer 0}, {@code all weights}
     * @param metric of the network so quantized; see {@link Evaluation#metric}
     */
    public record Part(String name, double metric) {}

    /**
     * @param rounded   the weights that the quantized network stands for
     * @param validation as in training
     * @return gates in file order, each layer's after its gates, then all
     */
    public static List<Part> of(Weights weights, Weights rounded, Windows validation, TrainSpec spec) {
        var parts = new ArrayList<Part>();
        try (var torch = new TorchNetwork(weights.network(), 0, 0)) {
            torch.load(weights);
            for (int layer = 0; layer < weights.network().layers().size(); layer++) {
                String prefix = "layers." + layer + ".";
                int gates = 0;
                for (GateParts part : GateParts.of(torch)) {
                    if (!part.name().startsWith(prefix) || equal(weights, rounded, part.name())) {
                        continue;
                    }
                    for (int gate = 0; gate < part.names().size(); gate++, gates++) {
                        Weights mixed = mixed(weights, rounded, part.name(), gate, part.names().size());
                        parts.add(new Part(part.names().get(gate), metric(torch, mixed, validation, spec)));
                    }
                }
                if (gates > 0) {
                    parts.add(new Part("layer " + layer, metric(torch, layer(weights, rounded, prefix), validation, spec)));
                }
            }
            parts.add(new Part("all weights", metric(torch, rounded, validation, spec)));
        }
        return parts;
    }

    private static double metric(TorchNetwork torch, Weights weights, Windows validation, TrainSpec spec) {
        torch.load(weights);
        return Evaluation.metric(torch, validation, spec);
    }

    private static boolean equal(Weights weights, Weights rounded, String name) {
        return Arrays.equals(weights.tensors().get(name), rounded.tensors().get(name));
    }

    private static Weights mixed(Weights weights, Weights rounded, String name, int gate, int gates) {
        float[] values = weights.tensors().get(name).clone();
        int length = values.length / gates;
        System.arraycopy(rounded.tensors().get(name), gate * length, values, gate * length, length);
        var tensors = new LinkedHashMap<>(weights.tensors());
        tensors.put(name, values);
        return new Weights(weights.network(), tensors);
    }

    private static Weights layer(Weights weights, Weights rounded, String prefix) {
        var tensors = new LinkedHashMap<String, float[]>();
        weights.tensors().forEach((name, values) ->
                tensors.put(name, name.startsWith(prefix) ? rounded.tensors().get(name) : values));
        return new Weights(weights.network(), tensors);
    }
}
