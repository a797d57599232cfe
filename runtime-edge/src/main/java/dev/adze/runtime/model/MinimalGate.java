package dev.adze.runtime.model;

import java.util.List;

/**
 * A minimal gated unit (MGU, Zhou et al. 2016): one gate that both forgets and renews, two matrices where a GRU has three
 * and an LSTM four.
 *
 * <pre>
 *   f  = sigmoid(W_f x_t + R_f h + b_f)
 *   n  = tanh(W_n x_t + R_n (f * h) + b_n)
 *   h' = (1 - f) * h + f * n
 * </pre>
 * Tensors stack the rows in the order f, n: {@code weight_ih [2*hidden, input]}, {@code weight_hh [2*hidden, hidden]},
 * {@code bias [2*hidden]}.
 */
public record MinimalGate(int inputSize, int hiddenSize) implements RecurrentLayer {
    public MinimalGate {
        Sizes.requirePositive("minimal-gate inputSize", inputSize);
        Sizes.requirePositive("minimal-gate hiddenSize", hiddenSize);
    }

    @Override
    public String kind() {
        return "minimal-gate";
    }

    @Override
    public int stateSize() {
        return hiddenSize;
    }

    @Override
    public List<TensorSpec> tensors() {
        return List.of(
                TensorSpec.of("weight_ih", 2 * hiddenSize, inputSize),
                TensorSpec.of("weight_hh", 2 * hiddenSize, hiddenSize),
                TensorSpec.of("bias", 2 * hiddenSize));
    }

    @Override
    public long multiplyAccumulates() {
        return 2L * hiddenSize * (inputSize + hiddenSize);
    }
}
