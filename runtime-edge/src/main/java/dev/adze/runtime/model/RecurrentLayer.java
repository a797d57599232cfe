package dev.adze.runtime.model;

/**
 * A layer that carries hidden values from step to step and gives them out: {@link #outputSize} is {@link #hiddenSize}.
 * Hidden values lie in [-1, 1] where the layer is {@link #bounded}: in all but {@link ProjectedLstm}.
 */
public sealed interface RecurrentLayer extends Layer permits Lstm, LstmVariant, ProjectedLstm, Gru, MinimalGate {
    int hiddenSize();

    @Override
    default int outputSize() {
        return hiddenSize();
    }

    @Override
    default boolean bounded() {
        return true;
    }
}
