package dev.adze.runtime.model;

import java.util.List;

/**
 * The mean over the steps so far: y_t = (x_1 + ... + x_t) / t; at a window's last step, the mean over the window. Only
 * dense layers and static features may follow.
 */
public record MeanPooling(int inputSize) implements Layer {
    public MeanPooling {
        Sizes.requirePositive("mean-pooling inputSize", inputSize);
    }

    @Override
    public String kind() {
        return "mean-pooling";
    }

    @Override
    public int outputSize() {
        return inputSize;
    }

    @Override
    public boolean pools() {
        return true;
    }

    /** The number of steps, then their sum {@code [inputSize]}. */
    @Override
    public int stateSize() {
        return 1 + inputSize;
    }

    @Override
    public List<TensorSpec> tensors() {
        return List.of();
    }

    @Override
    public long multiplyAccumulates() {
        return 0;
    }
}
