package dev.adze.compress.quantize;

import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Mixtures of precisions, one a layer, under a budget. What a layer alone costs in a precision is taken to add up over the
 * layers (as in HAWQ-V3, Yao et al. 2021); the mixtures that are then best are meant to be judged for real.
 */
public final class MixedPrecision {
    private MixedPrecision() {}

    /**
     * One layer in one precision.
     *
     * @param loss   that it adds, alone, to the error; may be negative
     * @param bytes  of its tensors
     * @param micros of a step; 0 where no latency counts
     */
    public record Option(int layer, Precision precision, double loss, long bytes, double micros) {}

    /** A choice for every layer that has one, with its sums. */
    public record Mixture(List<Option> options, double loss, long bytes, double micros) {
        private static final Mixture NONE = new Mixture(List.of(), 0, 0, 0);

        private Mixture and(Option option) {
            var all = new ArrayList<>(options);
            all.add(option);
            return new Mixture(List.copyOf(all), loss + option.loss(), bytes + option.bytes(), micros + option.micros());
        }

        private boolean dominates(Mixture other) {
            return loss <= other.loss && bytes <= other.bytes && micros <= other.micros;
        }

        /** Of a network's layers; those without a choice are fp32. */
        public LayerPrecisions precisions(RecurrentNetwork network) {
            var layers = new ArrayList<Precision>();
            for (int i = 0; i < network.layers().size(); i++) {
                layers.add(Precision.FP32);
            }
            options.forEach(option -> layers.set(option.layer(), option.precision()));
            return LayerPrecisions.of(network, layers);
        }
    }

    /**
     * All mixtures that no other beats in predicted loss, bytes and time, the least loss first. Exact under the assumption that
     * losses add up: what is beaten over the first layers is beaten whatever follows.
     *
     * @param layers options of every layer that has any
     */
    public static List<Mixture> front(List<List<Option>> layers) {
        List<Mixture> front = List.of(Mixture.NONE);
        for (List<Option> options : layers) {
            var next = new ArrayList<Mixture>();
            front.stream().flatMap(mixture -> options.stream().map(mixture::and))
                    .sorted(Comparator.comparingDouble(Mixture::loss).thenComparingLong(Mixture::bytes).thenComparingDouble(Mixture::micros))
                    .forEach(mixture -> {
                        if (next.stream().noneMatch(before -> before.dominates(mixture))) {
                            next.add(mixture);
                        }
                    });
            front = next;
        }
        return front;
    }

    /** The layers of networks that are whole in one precision, put together. @param whole of the same network, one a precision used */
    public static NetworkTensors mix(Map<Precision, NetworkTensors> whole, LayerPrecisions precisions) {
        RecurrentNetwork network = whole.values().iterator().next().network();
        var tensors = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < network.layers().size(); i++) {
            String prefix = RecurrentNetwork.tensorName(i, "");
            whole.get(precisions.of(i)).tensors().forEach((name, tensor) -> {
                if (name.startsWith(prefix)) {
                    tensors.put(name, tensor);
                }
            });
        }
        return new NetworkTensors(network, precisions, tensors);
    }

    /** Bytes of one layer's tensors. */
    public static long bytes(NetworkTensors tensors, int layer) {
        String prefix = RecurrentNetwork.tensorName(layer, "");
        return tensors.tensors().entrySet().stream().filter(e -> e.getKey().startsWith(prefix)).mapToLong(e -> e.getValue().data().byteSize()).sum();
    }
}
