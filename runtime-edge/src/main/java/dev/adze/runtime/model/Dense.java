package dev.adze.runtime.model;

import java.util.List;

/** A fully connected layer y = activation(W x + b), {@code weight [outputSize, inputSize]}, {@code bias [outputSize]}. */
public record Dense(int inputSize, int outputSize, Activation activation) implements Layer {
    /** Element-wise function after the affine map. Classification heads give logits: {@link #IDENTITY}. */
    public enum Activation {
        IDENTITY, RELU, TANH,
        /** Gaussian error linear unit in its tanh form: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel 2016). */
        GELU
    }

    public Dense {
        Sizes.requirePositive("dense inputSize", inputSize);
        Sizes.requirePositive("dense outputSize", outputSize);
    }

    @Override
    public String kind() {
        return "dense";
    }

    @Override
    public List<TensorSpec> tensors() {
        return List.of(TensorSpec.of("weight", outputSize, inputSize), TensorSpec.of("bias", outputSize));
    }

    @Override
    public long multiplyAccumulates() {
        return (long) inputSize * outputSize;
    }
}
