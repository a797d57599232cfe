package dev.adze.compress.export;

import dev.adze.runtime.model.Lstm;

/** Adds the LSTM layers of one precision to a graph. Values between layers are {@code [1, steps, size]}. */
sealed interface TfliteLstm permits TfliteFloatLstm, TfliteHybridLstm, TfliteIntegerLstm, TfliteBasicLstm {
    /** From the fp32 features to what the first layer takes. */
    default int enter(int features, int steps, int size) {
        return features;
    }

    /** Adds layer {@code index}, the {@code recurrent}-th LSTM, and returns its hidden values. */
    int add(int index, int recurrent, Lstm lstm, int input, int steps);

    /** From a layer's hidden values to fp32. */
    default int leave(int hidden, int steps, int size) {
        return hidden;
    }
}
