package dev.adze.runtime.model;

import dev.adze.runtime.AdzeException;
import java.util.List;

/** One layer of a {@link RecurrentNetwork}. It maps {@code [inputSize]} to {@code [outputSize]} at every time step. */
public sealed interface Layer permits RecurrentLayer, Dense, Bidirectional, Residual, MeanPooling, AttentionPooling, FeedForwardLayer {
    /** What files and messages call it: {@code lstm}, {@code dense}, ... */
    String kind();

    int inputSize();

    int outputSize();

    /** Names (without the layer's prefix) and shapes of this layer's trained tensors, in file order. */
    List<TensorSpec> tensors();

    /** Trained parameters: the sum of the elements of {@link #tensors()}. */
    default long parameterCount() {
        return tensors().stream().mapToLong(TensorSpec::elementCount).sum();
    }

    /** Multiply-accumulates of one time step, matrix products only. */
    long multiplyAccumulates();

    /** Whether the layer can be streamed: a step's output depends on earlier steps through {@link #stateSize} values alone. */
    default boolean causal() {
        return true;
    }

    /** Whether the output sums up all steps so far, which is of use over a window only. */
    default boolean pools() {
        return false;
    }

    /** Whether the outputs are hidden values in [-1, 1], which an int8 network hands on as one digit. */
    default boolean bounded() {
        return false;
    }

    /** Values carried from step to step; 0 for a layer without state or one that cannot be streamed. */
    default int stateSize() {
        return 0;
    }

    /** Whether a tensor of this layer is a recurrent layer's matrix, which a network's precision applies to. */
    default boolean isRecurrentMatrix(TensorSpec tensor) {
        return tensor.name().endsWith("weight_ih") || tensor.name().endsWith("weight_hh") || tensor.name().endsWith("weight_hr");
    }

    /** What a part of Adze throws that cannot do with this kind of layer. */
    default AdzeException refusedBy(String who) {
        return new AdzeException(AdzeException.Kind.UNAVAILABLE,
                who + " does not know " + kind() + " layers; use a network of lstm and dense layers");
    }
}
