package dev.adze.runtime.model;

import java.util.List;

/** One layer of a {@link RecurrentNetwork}. It maps {@code [inputSize]} to {@code [outputSize]} at every time step. */
public sealed interface Layer permits Lstm, Dense {
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
}
