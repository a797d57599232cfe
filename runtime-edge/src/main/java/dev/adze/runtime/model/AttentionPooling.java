package dev.adze.runtime.model;

import java.util.List;

/**
 * Additive attention over the steps so far (Bahdanau et al. 2015, with a learned query):
 *
 * <pre>
 *   s_t = query . tanh(W x_t + b)          y_t = sum over u up to t of softmax(s_1 ... s_t)_u x_u
 * </pre>
 * At a window's last step, attention over the window. Tensors: {@code weight [attentionSize, inputSize]},
 * {@code bias [attentionSize]}, {@code query [attentionSize]}. Only dense layers and
 * static features may follow.
 */
public record AttentionPooling(int inputSize, int attentionSize) implements Layer {
    public AttentionPooling {
        Sizes.requirePositive("attention-pooling inputSize", inputSize);
        Sizes.requirePositive("attention-pooling attentionSize", attentionSize);
    }

    @Override
    public String kind() {
        return "attention-pooling";
    }

    @Override
    public int outputSize() {
        return inputSize;
    }

    @Override
    public boolean pools() {
        return true;
    }

    /** The sum of weights, the largest score, then the weighted sum {@code [inputSize]}. */
    @Override
    public int stateSize() {
        return 2 + inputSize;
    }

    @Override
    public List<TensorSpec> tensors() {
        return List.of(TensorSpec.of("weight", attentionSize, inputSize), TensorSpec.of("bias", attentionSize),
                TensorSpec.of("query", attentionSize));
    }

    @Override
    public long multiplyAccumulates() {
        return (long) attentionSize * (inputSize + 1) + inputSize;
    }
}
