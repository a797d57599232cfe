package dev.adze.runtime.model;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The precision of every layer of a network. Layers without recurrent matrices have none of their own: where all others
 * are alike, they count as those, else as fp32. Any mixture is allowed: what flows between layers does not depend on it, but
 * for the digits of hidden values, which an integer layer gives to the integer layer after it (docs/arithmetic.md).
 *
 * @param layers one a layer, none of them {@link Precision#MIXED}
 */
public record LayerPrecisions(List<Precision> layers) {
    public LayerPrecisions {
        layers = List.copyOf(layers);
        Sizes.require(!layers.contains(Precision.MIXED), "a layer has one precision: fp32, fp16, int8 or int4");
    }

    /** All layers alike. @throws dev.adze.runtime.AdzeException USAGE for {@link Precision#MIXED}, which does not say which */
    public static LayerPrecisions uniform(RecurrentNetwork network, Precision precision) {
        return new LayerPrecisions(Collections.nCopies(network.layers().size(), precision));
    }

    /** Layer by layer; what is said of layers without recurrent matrices does not count. */
    public static LayerPrecisions of(RecurrentNetwork network, List<Precision> layers) {
        Sizes.require(layers.size() == network.layers().size(),
                layers.size() + " precisions for " + network.layers().size() + " layers; one a layer is needed");
        List<Precision> own = IntStream.range(0, layers.size()).filter(i -> stores(network.layers().get(i))).mapToObj(layers::get).toList();
        if (own.stream().distinct().count() <= 1) {
            return uniform(network, own.isEmpty() ? layers.getFirst() : own.getFirst());
        }
        return new LayerPrecisions(IntStream.range(0, layers.size())
                .mapToObj(i -> stores(network.layers().get(i)) ? layers.get(i) : Precision.FP32).toList());
    }

    /** Whether a precision makes a difference to a layer. */
    public static boolean stores(Layer layer) {
        return layer.tensors().stream().anyMatch(layer::isRecurrentMatrix);
    }

    public Precision of(int layer) {
        return layers.get(layer);
    }

    /** Whether a layer's weights, and the digits of its hidden values, are integers. */
    public boolean integers(int layer) {
        return switch (layers.get(layer)) {
            case INT8, INT4 -> true;
            case FP32, FP16 -> false;
            case MIXED -> throw new IllegalStateException();
        };
    }

    /** The one that all layers have, or {@link Precision#MIXED}. */
    public Precision overall() {
        return layers.stream().allMatch(layers.getFirst()::equals) ? layers.getFirst() : Precision.MIXED;
    }

    /** Which there are. */
    public Set<Precision> used() {
        return new TreeSet<>(layers);
    }

    /** For people: {@code int8}, or {@code mixed: int8, int4, fp32}. */
    public String describe() {
        String overall = label(overall());
        return overall() == Precision.MIXED ? overall + ": " + String.join(", ", layers.stream().map(LayerPrecisions::label).toList())
                : overall;
    }

    private static String label(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }
}
