package dev.adze.runtime.model;

import java.util.List;

/**
 * Multi-head self-attention with a way around it (Vaswani et al. 2017; PyTorch's {@code MultiheadAttention} under a causal
 * mask), E = inputSize, d = E / heads:
 *
 * <pre>
 *   q_t, k_t, v_t = W_qkv x_t + b_qkv, each [E]        head n has values n d to (n + 1) d - 1 of each
 *   a_t = sum over u up to t of softmax(q_t . k_1 / sqrt(d), ..., q_t . k_t / sqrt(d))_u v_u       head by head
 *   y_t = x_t + W_out a_t + b_out
 * </pre>
 * A step looks at itself and at earlier ones, however long ago: it reads whole windows and cannot be streamed. Tensors:
 * {@code weight_qkv [3E, E]}, {@code bias_qkv [3E]}, {@code weight_out [E, E]}, {@code bias_out [E]}.
 */
public record SelfAttention(int inputSize, int heads) implements FeedForwardLayer {
    public SelfAttention {
        Sizes.requirePositive("self-attention inputSize", inputSize);
        requireHeads("self-attention", inputSize, heads);
    }

    static void requireHeads(String what, int size, int heads) {
        Sizes.requirePositive(what + " heads", heads);
        Sizes.require(size % heads == 0, "a " + what + " layer of " + size + " values cannot have " + heads
                + " heads of one size; take a number of heads that divides " + size);
    }

    @Override
    public String kind() {
        return "self-attention";
    }

    @Override
    public int outputSize() {
        return inputSize;
    }

    @Override
    public boolean causal() {
        return false;
    }

    @Override
    public List<TensorSpec> tensors() {
        return List.of(TensorSpec.of("weight_qkv", 3 * inputSize, inputSize), TensorSpec.of("bias_qkv", 3 * inputSize),
                TensorSpec.of("weight_out", inputSize, inputSize), TensorSpec.of("bias_out", inputSize));
    }

    /** Of the matrices; the scores' products grow with the window: 2E for each earlier step. */
    @Override
    public long multiplyAccumulates() {
        return 4L * inputSize * inputSize;
    }
}
