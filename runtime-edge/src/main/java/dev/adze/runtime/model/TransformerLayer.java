package dev.adze.runtime.model;

import java.util.List;
import java.util.stream.Stream;

/**
 * A Transformer's encoder layer under a causal mask, normalised after each part (Vaswani et al. 2017; PyTorch's
 * {@code TransformerEncoderLayer} with its defaults), E = inputSize, F = feedForwardSize:
 *
 * <pre>
 *   a_t = norm(x_t + attention(x)_t) * norm_attention + norm_attention_bias            attention of {@link SelfAttention}
 *   y_t = norm(a_t + W_down relu(W_up a_t + b_up) + b_down) * norm_output + norm_output_bias
 * </pre>
 * norm: {@code (x - mean) / sqrt(variance + 1e-5)} over a step's values. Tensors: those of {@link SelfAttention}, the gains and
 * biases {@code [E]} above, {@code weight_up [F, E]}, {@code bias_up [F]}, {@code weight_down [E, F]}, {@code bias_down [E]}.
 */
public record TransformerLayer(int inputSize, int heads, int feedForwardSize) implements FeedForwardLayer {
    public TransformerLayer {
        Sizes.requirePositive("transformer inputSize", inputSize);
        SelfAttention.requireHeads("transformer", inputSize, heads);
        Sizes.requirePositive("transformer feedForwardSize", feedForwardSize);
    }

    /** Its attention, which has the same tensors under the same names. */
    public SelfAttention attention() {
        return new SelfAttention(inputSize, heads);
    }

    @Override
    public String kind() {
        return "transformer";
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
        return Stream.concat(attention().tensors().stream(), Stream.of(TensorSpec.of("norm_attention", inputSize),
                TensorSpec.of("norm_attention_bias", inputSize), TensorSpec.of("weight_up", feedForwardSize, inputSize),
                TensorSpec.of("bias_up", feedForwardSize), TensorSpec.of("weight_down", inputSize, feedForwardSize),
                TensorSpec.of("bias_down", inputSize), TensorSpec.of("norm_output", inputSize),
                TensorSpec.of("norm_output_bias", inputSize))).toList();
    }

    /** As of {@link SelfAttention}. */
    @Override
    public long multiplyAccumulates() {
        return attention().multiplyAccumulates() + 2L * inputSize * feedForwardSize;
    }
}
