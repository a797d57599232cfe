package dev.adze.runtime.model;

import java.util.ArrayList;
import java.util.List;

/**
 * An {@link Lstm} with layer normalisation (Ba et al. 2016, supplementary material, equations 20 to 22), with peephole
 * connections (Gers et al. 2002), or with both:
 *
 * <pre>
 *   a  = LN(W x_t) * norm_ih + LN(R h) * norm_hh + bias     or without layer normalisation  W x_t + R h + bias
 *   i  = sigmoid(a_i + p_i * c)     f = sigmoid(a_f + p_f * c)     g = tanh(a_g)     (p: peephole, else 0)
 *   c' = f * c + i * g
 *   o  = sigmoid(a_o + p_o * c')
 *   h' = o * tanh(LN(c') * norm_cell + norm_cell_bias)      or without layer normalisation  o * tanh(c')
 * </pre>
 * LN(v) = (v - mean(v)) / sqrt(variance(v) + 1e-5) over all elements of v: the 4H rows of a product, the H cells.
 *
 * <p>Tensors: those of {@link Lstm}; with layer normalisation {@code norm_ih [4*hidden]}, {@code norm_hh [4*hidden]},
 * {@code norm_cell [hidden]}, {@code norm_cell_bias [hidden]}; with peepholes {@code peephole [3*hidden]} for i, f, o.
 */
public record LstmVariant(int inputSize, int hiddenSize, boolean layerNorm, boolean peephole) implements RecurrentLayer {
    /** Added to the variance in layer normalisation. */
    public static final float EPSILON = 1e-5f;

    public LstmVariant {
        Sizes.requirePositive("lstm-variant inputSize", inputSize);
        Sizes.requirePositive("lstm-variant hiddenSize", hiddenSize);
        Sizes.require(layerNorm || peephole, "an lstm-variant has layerNorm, peephole or both; without either it is an lstm");
    }

    @Override
    public String kind() {
        return "lstm-variant";
    }

    @Override
    public int stateSize() {
        return 2 * hiddenSize;
    }

    @Override
    public List<TensorSpec> tensors() {
        var tensors = new ArrayList<>(new Lstm(inputSize, hiddenSize).tensors());
        if (layerNorm) {
            tensors.add(TensorSpec.of("norm_ih", 4 * hiddenSize));
            tensors.add(TensorSpec.of("norm_hh", 4 * hiddenSize));
            tensors.add(TensorSpec.of("norm_cell", hiddenSize));
            tensors.add(TensorSpec.of("norm_cell_bias", hiddenSize));
        }
        if (peephole) {
            tensors.add(TensorSpec.of("peephole", 3 * hiddenSize));
        }
        return List.copyOf(tensors);
    }

    @Override
    public long multiplyAccumulates() {
        return 4L * hiddenSize * (inputSize + hiddenSize);
    }
}
