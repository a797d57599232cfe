package dev.adze.runtime.model;

import java.util.List;

/**
 * A causal convolution over time (Bai et al. 2018; one layer of PyTorch's {@code Conv1d} after padding at the front):
 *
 * <pre>
 *   y_t = activation(b + sum over j from 0 to kernel - 1 of W_j x_(t - (kernel - 1 - j) dilation))      x before the start: 0
 * </pre>
 * Tensors: {@code weight [outputSize, kernel * inputSize]}, the oldest step's columns first, {@code bias [outputSize]}. State:
 * the last {@code (kernel - 1) * dilation} inputs, the oldest first.
 */
public record Convolution(int inputSize, int outputSize, int kernel, int dilation, Dense.Activation activation)
        implements FeedForwardLayer {
    public Convolution {
        Sizes.requirePositive("convolution inputSize", inputSize);
        Sizes.requirePositive("convolution outputSize", outputSize);
        Sizes.requirePositive("convolution kernel", kernel);
        Sizes.requirePositive("convolution dilation", dilation);
        Sizes.requirePositive("convolution kernel times inputSize", (int) Math.min(Integer.MAX_VALUE, (long) kernel * inputSize));
        Sizes.require((kernel - 1L) * dilation * inputSize <= 1 << 20, "a convolution with kernel " + kernel + ", dilation " + dilation
                + " and " + inputSize + " inputs remembers more than " + (1 << 20) + " values");
    }

    /** How many steps before the newest one it sees. */
    public int reach() {
        return (kernel - 1) * dilation;
    }

    @Override
    public String kind() {
        return "convolution";
    }

    @Override
    public int stateSize() {
        return reach() * inputSize;
    }

    @Override
    public List<TensorSpec> tensors() {
        return List.of(TensorSpec.of("weight", outputSize, kernel * inputSize), TensorSpec.of("bias", outputSize));
    }

    @Override
    public long multiplyAccumulates() {
        return (long) outputSize * kernel * inputSize;
    }
}
