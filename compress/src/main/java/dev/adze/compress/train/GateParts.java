package dev.adze.compress.train;

import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained tensor, and the gates whose rows lie one after the other in it.
 *
 * @param name   of the tensor in a bundle
 * @param tensor shared with the network, not a copy
 * @param names  for people, one a gate: {@code layer 0 weight_hh forget}; one name for a tensor without gates
 */
record GateParts(String name, Tensor tensor, List<String> names) {
    private static final List<String> LSTM = List.of("input", "forget", "cell", "output");
    /** Tensors that hold rows for every gate; a GRU's {@code bias_hn}, gains and peepholes do not. */
    private static final Set<String> GATED = Set.of("weight_ih", "weight_hh", "bias");
    private static final List<String> GRU = List.of("reset", "update", "new");
    private static final List<String> MINIMAL = List.of("forget", "new");

    static List<GateParts> of(TorchNetwork network) {
        var parts = new ArrayList<GateParts>();
        network.byName().forEach((name, tensor) -> parts.add(new GateParts(name, tensor, names(network.network(), name))));
        return parts;
    }

    /** {@code layers.0.weight_hh} becomes {@code layer 0 weight_hh input}, ... */
    private static List<String> names(RecurrentNetwork network, String tensor) {
        String[] words = tensor.split("\\.", 3);
        int index = Integer.parseInt(words[1]);
        String plain = "layer " + index + " " + words[2];
        String own = words[2].substring(words[2].lastIndexOf('.') + 1);
        List<String> gates = GATED.contains(own) ? gates(network.layers().get(index)) : List.of();
        return gates.isEmpty() ? List.of(plain) : gates.stream().map(gate -> plain + " " + gate).toList();
    }

    private static List<String> gates(Layer layer) {
        return switch (layer) {
            case Lstm _, LstmVariant _, ProjectedLstm _ -> LSTM;
            case Gru _ -> GRU;
            case MinimalGate _ -> MINIMAL;
            case Bidirectional both -> gates(both.forward());
            case Residual residual -> gates(residual.layer());
            default -> List.of();
        };
    }
}
