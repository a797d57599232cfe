package dev.adze.runtime.model;

import java.util.List;
import java.util.stream.Stream;

/**
 * Two layers over the same window, one from the first step to the last and one from the last to the first (Schuster and
 * Paliwal 1997); a step's output is both layers' hidden values of that step, forward first. It reads whole windows: a
 * network with such a layer cannot be streamed.
 *
 * <p>Tensors: those of the two layers under {@code forward.} and {@code backward.}.
 */
public record Bidirectional(RecurrentLayer forward, RecurrentLayer backward) implements Layer {
    public Bidirectional {
        Sizes.require(forward.inputSize() == backward.inputSize(), "the directions of a bidirectional layer take "
                + forward.inputSize() + " and " + backward.inputSize() + " inputs; they must take the same");
        Sizes.require(!(forward instanceof Lstm f && f.hold() > 0 || backward instanceof Lstm b && b.hold() > 0),
                "hold is for lstm layers of their own, not for those of a bidirectional layer");
        Sizes.requirePositive("bidirectional outputSize", forward.hiddenSize() + backward.hiddenSize());
    }

    @Override
    public String kind() {
        return "bidirectional";
    }

    @Override
    public int inputSize() {
        return forward.inputSize();
    }

    @Override
    public int outputSize() {
        return forward.hiddenSize() + backward.hiddenSize();
    }

    @Override
    public boolean causal() {
        return false;
    }

    @Override
    public boolean bounded() {
        return forward.bounded() && backward.bounded();
    }

    @Override
    public List<TensorSpec> tensors() {
        return Stream.concat(forward.tensors().stream().map(t -> t.under("forward")),
                backward.tensors().stream().map(t -> t.under("backward"))).toList();
    }

    @Override
    public long multiplyAccumulates() {
        return forward.multiplyAccumulates() + backward.multiplyAccumulates();
    }
}
