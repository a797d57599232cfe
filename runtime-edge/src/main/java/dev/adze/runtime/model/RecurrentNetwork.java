package dev.adze.runtime.model;

import dev.adze.runtime.AdzeException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An immutable chain of layers: at every time step {@code [inputSize]} goes in and {@code [outputSize]} comes out.
 * Whether the outputs of all steps or only of the last are used is the task's choice, not the network's.
 */
public record RecurrentNetwork(int inputSize, List<Layer> layers) {
    public RecurrentNetwork {
        layers = List.copyOf(layers);
        Sizes.requirePositive("network inputSize", inputSize);
        if (layers.isEmpty()) {
            throw new AdzeException(AdzeException.Kind.USAGE, "a network needs at least one layer");
        }
        int size = inputSize;
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i).inputSize() != size) {
                throw new AdzeException(AdzeException.Kind.USAGE, "layer " + i + " takes " + layers.get(i).inputSize()
                        + " inputs but gets " + size + " from what comes before it");
            }
            size = layers.get(i).outputSize();
            boolean pooled = layers.subList(0, i).stream().anyMatch(Layer::pools);
            Sizes.require(!pooled || layers.get(i) instanceof Dense || layers.get(i) instanceof StaticFeatures, "layer " + i + " is a "
                    + layers.get(i).kind() + " layer after pooling; only dense layers and static features may follow pooling");
            for (int feature : layers.get(i) instanceof StaticFeatures statics ? statics.features() : List.<Integer>of()) {
                Sizes.require(feature < inputSize, "layer " + i + " takes feature " + feature + " of a network that has " + inputSize);
            }
        }
    }

    /** {@code hiddenLayers} LSTM layers of {@code hiddenSize}, then a linear head of {@code outputSize}. */
    public static RecurrentNetwork stackedLstm(int inputSize, int hiddenLayers, int hiddenSize, int outputSize) {
        Stream<Layer> lstms = IntStream.range(0, hiddenLayers)
                .mapToObj(i -> new Lstm(i == 0 ? inputSize : hiddenSize, hiddenSize));
        return new RecurrentNetwork(inputSize, Stream.concat(
                lstms, Stream.of(new Dense(hiddenSize, outputSize, Dense.Activation.IDENTITY))).toList());
    }

    public int outputSize() {
        return layers.getLast().outputSize();
    }

    /** Whether all its layers can be streamed ({@link Layer#causal}). */
    public boolean causal() {
        return layers.stream().allMatch(Layer::causal);
    }

    /** Whether a layer pools: outputs then mean something over a window only. */
    public boolean pools() {
        return layers.stream().anyMatch(Layer::pools);
    }

    /** Values carried from step to step, all layers. */
    public int stateSize() {
        return layers.stream().mapToInt(Layer::stateSize).sum();
    }

    /** The last layer that carries hidden values, bare or inside a bidirectional or residual one; -1 if there is none. */
    public int lastRecurrent() {
        for (int i = layers.size() - 1; i >= 0; i--) {
            boolean recurrent = switch (layers.get(i)) {
                case RecurrentLayer _, Bidirectional _, Residual _ -> true;
                case Dense _, MeanPooling _, AttentionPooling _, FeedForwardLayer _ -> false;
            };
            if (recurrent) {
                return i;
            }
        }
        return -1;
    }

    /** Name of a layer's tensor in files: {@code layers.INDEX.NAME}. */
    public static String tensorName(int layerIndex, String name) {
        return "layers." + layerIndex + "." + name;
    }

    /** All trained tensors with their full names, in file order. */
    public List<TensorSpec> tensors() {
        return IntStream.range(0, layers.size()).boxed()
                .flatMap(i -> layers.get(i).tensors().stream()
                        .map(t -> new TensorSpec(tensorName(i, t.name()), t.shape())))
                .toList();
    }

    public long parameterCount() {
        return layers.stream().mapToLong(Layer::parameterCount).sum();
    }

    public long multiplyAccumulates() {
        return layers.stream().mapToLong(Layer::multiplyAccumulates).sum();
    }
}
