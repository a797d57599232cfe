package dev.adze.compress.train;

import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Networks that grow layer by layer, under the same head: their recurrent layers give as many values each. */
public final class LayerWise {
    private LayerWise() {}

    /** The first {@code depth} layers with what follows the last recurrent one, and their weights. */
    public static Weights shallow(Weights whole, int depth) {
        RecurrentNetwork network = whole.network();
        int recurrent = network.lastRecurrent() + 1;
        List<Layer> layers = new ArrayList<>(network.layers().subList(0, depth));
        layers.addAll(network.layers().subList(recurrent, network.layers().size()));
        var shallow = new RecurrentNetwork(network.inputSize(), layers);
        var tensors = new LinkedHashMap<String, float[]>();
        for (int i = 0; i < layers.size(); i++) {
            copy(whole, i < depth ? i : i - depth + recurrent, tensors, i);
        }
        return new Weights(shallow, tensors);
    }

    /** The whole network's weights with those of a shallow one of {@code depth} layers and its head in their places. */
    public static Weights deeper(Weights whole, Weights shallow, int depth) {
        int recurrent = whole.network().lastRecurrent() + 1;
        var tensors = new LinkedHashMap<>(whole.tensors());
        for (int i = 0; i < shallow.network().layers().size(); i++) {
            copy(shallow, i, tensors, i < depth ? i : i - depth + recurrent);
        }
        return new Weights(whole.network(), tensors);
    }

    private static void copy(Weights from, int layer, LinkedHashMap<String, float[]> to, int at) {
        for (TensorSpec spec : from.network().layers().get(layer).tensors()) {
            to.put(RecurrentNetwork.tensorName(at, spec.name()), from.get(layer, spec.name()));
        }
    }
}
