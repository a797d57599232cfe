package dev.adze.runtime.model;

import java.util.List;

/**
 * A unidirectional LSTM layer (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).
 *
 * <p>With input x_t {@code [inputSize]} and state h, c {@code [hiddenSize]}:
 * <pre>
 *   i = sigmoid(W_i x_t + R_i h + b_i)      f = sigmoid(W_f x_t + R_f h + b_f)
 *   g = tanh   (W_g x_t + R_g h + b_g)      o = sigmoid(W_o x_t + R_o h + b_o)
 *   c' = f * c + i * g                      h' = o * tanh(c')
 * </pre>
 * Tensors stack the gates in the order i, f, g, o (as PyTorch does): {@code weight_ih [4*hidden, input]},
 * {@code weight_hh [4*hidden, hidden]}, {@code bias [4*hidden]}. There is one bias vector; an imported
 * model's two are summed.
 */
public record Lstm(int inputSize, int hiddenSize) implements RecurrentLayer {
    public Lstm {
        Sizes.requirePositive("lstm inputSize", inputSize);
        Sizes.requirePositive("lstm hiddenSize", hiddenSize);
    }

    @Override
    public String kind() {
        return "lstm";
    }

    @Override
    public int stateSize() {
        return 2 * hiddenSize;
    }

    @Override
    public List<TensorSpec> tensors() {
        return List.of(
                TensorSpec.of("weight_ih", 4 * hiddenSize, inputSize),
                TensorSpec.of("weight_hh", 4 * hiddenSize, hiddenSize),
                TensorSpec.of("bias", 4 * hiddenSize));
    }

    @Override
    public long multiplyAccumulates() {
        return 4L * hiddenSize * (inputSize + hiddenSize);
    }
}
