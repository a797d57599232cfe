package dev.adze.compress.recipe;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the recurrent layers of a stage are made of; how many and how large is the stage's affair.
 *
 * @param bidirectional every layer runs both ways, each way with the stage's hidden size
 * @param layerNorm     LSTM only
 * @param peephole      LSTM only
 * @param projectionSize LSTM only: hidden values are projected to this many, hiddenSize then counts the cells; 0 for none
 * @param residual      a layer's input is added to its output, from the second layer on
 * @param pooling       over the window, before the head
 * @param attentionSize of attention pooling
 * @param convolution   before the recurrent layers
 * @param attentionHeads of multi-head self-attention after them; 0 for none
 * @param transformer   after that
 * @param headSize      of a dense layer between the recurrent ones (or the pooling) and the linear output; 0 for none
 * @param activation    of that layer
 */
public record Architecture(Cell cell, boolean bidirectional, boolean layerNorm, boolean peephole, int projectionSize,
        boolean residual, Front convolution, int attentionHeads, Transformer transformer, Pooling pooling, int attentionSize, int headSize,
        Activation activation) {
    /**
     * Causal convolutions with ReLU, each of twice the dilation of the one before (Bai et al. 2018).
     *
     * @param layers 0 for none
     * @param size   outputs of each
     * @param kernel steps that each sees
     */
    public record Front(int layers, int size, int kernel) {}

    /**
     * Transformer encoder layers under a causal mask.
     *
     * @param layers          0 for none
     * @param feedForwardSize 0 for four times what the recurrent layers give
     */
    public record Transformer(int layers, int heads, int feedForwardSize) {}

    /** MINIMAL_GATE: the minimal gated unit of Zhou et al. 2016. */
    public enum Cell { LSTM, GRU, MINIMAL_GATE }

    /** LAST: the last step's hidden values alone. */
    public enum Pooling { LAST, MEAN, ATTENTION }

    /** GELU: the tanh form. */
    public enum Activation { RELU, TANH, GELU }

    /**
     * @param what  {@code teacher} or {@code student}, for the message
     * @throws AdzeException USAGE for what makes no sense or the edge runtime cannot run in the task's mode
     */
    void requireFitting(String what, int layers, int hiddenSize, TaskSpec.Mode mode) {
        require(cell == Cell.LSTM || !layerNorm && !peephole && projectionSize == 0, what + ".architecture: layerNorm, peephole"
                + " and projectionSize are parts of an LSTM; leave them out or set cell: lstm");
        require(projectionSize == 0 || !layerNorm && !peephole, what + ".architecture: projectionSize goes with a plain LSTM,"
                + " as the edge runtime has it; leave out layerNorm and peephole, or set projectionSize: 0");
        require(projectionSize == 0 || projectionSize < hiddenSize, what + ".architecture: projectionSize " + projectionSize
                + " must be below hiddenSize " + hiddenSize + "; 0 is no projection");
        require(!residual || layers > 1,
                what + ".architecture: residual connections go round the second layer and those after it; set layers: 2 or more");
        int given = (bidirectional ? 2 : 1) * (projectionSize > 0 ? projectionSize : hiddenSize);
        requireHeads(what + ".architecture.attentionHeads", attentionHeads, given);
        requireHeads(what + ".architecture.transformer.heads", transformer.layers() == 0 ? 0 : transformer.heads(), given);
        if (mode == TaskSpec.Mode.STREAM) {
            require(attentionHeads == 0 && transformer.layers() == 0, what + ".architecture: self-attention looks at all steps of a"
                    + " window and the edge runtime cannot stream it; set task.mode: window, or attentionHeads: 0 and transformer.layers: 0");
            require(!bidirectional, what + ".architecture: a bidirectional network reads whole windows and the edge runtime"
                    + " cannot stream it; set task.mode: window or bidirectional: false");
            require(pooling == Pooling.LAST, what + ".architecture: pooling is over a window and means nothing in a stream;"
                    + " set task.mode: window or pooling: last");
        }
    }

    private static void requireHeads(String key, int heads, int size) {
        require(heads == 0 || size % heads == 0, key + ": " + heads + " heads do not divide the " + size
                + " values that the recurrent layers give; take a number that does");
    }

    /** @param statics indices of the features that the head sees as they are */
    RecurrentNetwork network(int inputSize, int layers, int hiddenSize, int outputSize, List<Integer> statics) {
        List<Layer> all = new ArrayList<>();
        int size = inputSize;
        for (int i = 0; i < convolution.layers(); i++) {
            all.add(new Convolution(size, convolution.size(), convolution.kernel(), 1 << i, Dense.Activation.RELU));
            size = convolution.size();
        }
        for (int i = 0; i < layers; i++) {
            Layer layer = bidirectional ? new Bidirectional(recurrent(size, hiddenSize), recurrent(size, hiddenSize))
                    : recurrent(size, hiddenSize);
            all.add(residual && i > 0 ? new Residual(layer) : layer);
            size = layer.outputSize();
        }
        if (attentionHeads > 0) {
            all.add(new SelfAttention(size, attentionHeads));
        }
        for (int i = 0; i < transformer.layers(); i++) {
            all.add(new TransformerLayer(size, transformer.heads(),
                    transformer.feedForwardSize() > 0 ? transformer.feedForwardSize() : 4 * size));
        }
        switch (pooling) {
            case LAST -> { }
            case MEAN -> all.add(new MeanPooling(size));
            case ATTENTION -> all.add(new AttentionPooling(size, attentionSize));
        }
        if (!statics.isEmpty()) {
            all.add(new StaticFeatures(size, statics));
            size += statics.size();
        }
        if (headSize > 0) {
            all.add(new Dense(size, headSize, switch (activation) {
                case RELU -> Dense.Activation.RELU;
                case TANH -> Dense.Activation.TANH;
                case GELU -> Dense.Activation.GELU;
            }));
            size = headSize;
        }
        all.add(new Dense(size, outputSize, Dense.Activation.IDENTITY));
        return new RecurrentNetwork(inputSize, all);
    }

    private RecurrentLayer recurrent(int inputSize, int hiddenSize) {
        return switch (cell) {
            case GRU -> new Gru(inputSize, hiddenSize);
            case MINIMAL_GATE -> new MinimalGate(inputSize, hiddenSize);
            case LSTM -> projectionSize > 0 ? new ProjectedLstm(inputSize, hiddenSize, projectionSize) : layerNorm || peephole ? new LstmVariant(inputSize, hiddenSize, layerNorm, peephole)
                    : new Lstm(inputSize, hiddenSize);
        };
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AdzeException(AdzeException.Kind.USAGE, message);
        }
    }
}
