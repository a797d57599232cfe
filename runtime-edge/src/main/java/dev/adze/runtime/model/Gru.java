package dev.adze.runtime.model;

import java.util.List;

/**
 * A unidirectional GRU layer (Cho et al. 2014) in the form with the reset gate after the recurrent product, as PyTorch
 * and cuDNN have it (ONNX: {@code linear_before_reset = 1}).
 *
 * <pre>
 *   r  = sigmoid(W_r x_t + R_r h + b_r)      z = sigmoid(W_z x_t + R_z h + b_z)
 *   n  = tanh(W_n x_t + b_n + r * (R_n h + b_hn))
 *   h' = (1 - z) * n + z * h
 * </pre>
 * Tensors stack the gates in the order r, z, n: {@code weight_ih [3*hidden, input]}, {@code weight_hh [3*hidden, hidden]},
 * {@code bias [3*hidden]}, {@code bias_hn [hidden]}. An imported model's two biases of r and z are summed.
 */
public record Gru(int inputSize, int hiddenSize) implements RecurrentLayer {
    public Gru {
        Sizes.requirePositive("gru inputSize", inputSize);
        Sizes.requirePositive("gru hiddenSize", hiddenSize);
    }

    @Override
    public String kind() {
        return "gru";
    }

    @Override
    public int stateSize() {
        return hiddenSize;
    }

    @Override
    public List<TensorSpec> tensors() {
        return List.of(
                TensorSpec.of("weight_ih", 3 * hiddenSize, inputSize),
                TensorSpec.of("weight_hh", 3 * hiddenSize, hiddenSize),
                TensorSpec.of("bias", 3 * hiddenSize),
                TensorSpec.of("bias_hn", hiddenSize));
    }

    @Override
    public long multiplyAccumulates() {
        return 3L * hiddenSize * (inputSize + hiddenSize);
    }
}
