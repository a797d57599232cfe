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
 *
 * @param hold delta updates (after Neil et al. 2017): in int8 and int4 the digit of a hidden value, by which the products
 *             see it, keeps its value until it has moved by this much, 0 to 127; columns whose digits stay need no
 *             multiplying. 0 and 1 change no result, but 1 lets kernels look for columns to skip. No effect in fp32 and
 *             fp16
 */
public record Lstm(int inputSize, int hiddenSize, int hold) implements RecurrentLayer {
    public static final int MAX_HOLD = 127;

    public Lstm(int inputSize, int hiddenSize) {
        this(inputSize, hiddenSize, 0);
    }

    public Lstm {
        Sizes.require(hold >= 0 && hold <= MAX_HOLD, "lstm hold " + hold + " must be 0 to " + MAX_HOLD);
        Sizes.requirePositive("lstm inputSize", inputSize);
        Sizes.requirePositive("lstm hiddenSize", hiddenSize);
    }

    @Override
    public String kind() {
        return "lstm";
    }

    @Override
    public int stateSize() {
        return (hold > 0 ? 3 : 2) * hiddenSize;
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
