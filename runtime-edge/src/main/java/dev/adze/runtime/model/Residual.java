package dev.adze.runtime.model;

import java.util.List;

/**
 * A recurrent or bidirectional layer with its input added to its output (He et al. 2016): y = x + layer(x). Input and
 * output have the same size. It has the tensors and the state of the layer.
 */
public record Residual(Layer layer) implements Layer {
    public Residual {
        boolean possible = switch (layer) {
            case Lstm lstm -> lstm.hold() == 0;
            case RecurrentLayer _, Bidirectional _ -> true;
            case Dense _, Residual _, MeanPooling _, AttentionPooling _, FeedForwardLayer _ -> false;
        };
        Sizes.require(possible, "a residual connection goes round a recurrent layer, not round a " + layer.kind() + " layer"
                + (layer instanceof Lstm ? " with hold" : ""));
        Sizes.require(layer.inputSize() == layer.outputSize(), "a residual connection needs a layer with as many outputs as"
                + " inputs, not " + layer.inputSize() + " inputs and " + layer.outputSize() + " outputs");
    }

    @Override
    public String kind() {
        return "residual";
    }

    @Override
    public int inputSize() {
        return layer.inputSize();
    }

    @Override
    public int outputSize() {
        return layer.outputSize();
    }

    @Override
    public boolean causal() {
        return layer.causal();
    }

    @Override
    public int stateSize() {
        return layer.stateSize();
    }

    @Override
    public List<TensorSpec> tensors() {
        return layer.tensors();
    }

    @Override
    public long multiplyAccumulates() {
        return layer.multiplyAccumulates();
    }
}
