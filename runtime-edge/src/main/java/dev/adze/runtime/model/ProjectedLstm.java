package dev.adze.runtime.model;

import java.util.List;

/**
 * An {@link Lstm} whose hidden values are a linear projection of its cells' outputs (LSTMP; Sak et al. 2014, without the
 * non-recurrent projection), as PyTorch has it with {@code proj_size}:
 *
 * <pre>
 *   i, f, g, o, c' as in {@link Lstm}, from x_t [inputSize] and h [hiddenSize]
 *   m  = o * tanh(c')                                      [cellSize]
 *   h' = P m                                               [hiddenSize]
 * </pre>
 * h is smaller than c, and so are both matrices that read it. It is not bounded by 1: in an integer network it is a
 * real-valued signal (two digits), while m has one digit.
 *
 * <p>Tensors: {@code weight_ih [4*cell, input]}, {@code weight_hh [4*cell, hidden]}, {@code bias [4*cell]},
 * {@code weight_hr [hidden, cell]}, gates in the order i, f, g, o.
 *
 * @param cellSize   units, each with a cell; PyTorch's {@code hidden_size}
 * @param hiddenSize values given out and taken back, fewer than cells; PyTorch's {@code proj_size}
 */
public record ProjectedLstm(int inputSize, int cellSize, int hiddenSize) implements RecurrentLayer {
    public ProjectedLstm {
        Sizes.requirePositive("lstm-projected inputSize", inputSize);
        Sizes.requirePositive("lstm-projected cellSize", cellSize);
        Sizes.requirePositive("lstm-projected hiddenSize", hiddenSize);
        Sizes.require(hiddenSize < cellSize, "lstm-projected hiddenSize " + hiddenSize + " must be below cellSize " + cellSize
                + ": a projection makes the hidden values fewer");
    }

    @Override
    public String kind() {
        return "lstm-projected";
    }

    @Override
    public boolean bounded() {
        return false;
    }

    /** h, then c. */
    @Override
    public int stateSize() {
        return hiddenSize + cellSize;
    }

    @Override
    public List<TensorSpec> tensors() {
        return List.of(
                TensorSpec.of("weight_ih", 4 * cellSize, inputSize),
                TensorSpec.of("weight_hh", 4 * cellSize, hiddenSize),
                TensorSpec.of("bias", 4 * cellSize),
                TensorSpec.of("weight_hr", hiddenSize, cellSize));
    }

    @Override
    public long multiplyAccumulates() {
        return 4L * cellSize * (inputSize + hiddenSize) + (long) hiddenSize * cellSize;
    }
}
