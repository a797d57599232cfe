package dev.adze.compress.pipeline;

import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;

/**
 * What fusion saves in one time step. Unfused, as a framework runs it, an LSTM layer is 8 matrix-vector products (4
 * gates, input and recurrent), 8 additions of biases and sums, 5 activations and 4 element-wise operations of the cell,
 * each with an intermediate vector written and read again. Trained with one bias vector instead of PyTorch's two, the
 * gates of a unit packed side by side, the runtime runs a layer as one pass over its weights.
 */
final class Fusion {
    private static final int UNFUSED_LSTM = 8 + 8 + 5 + 4;
    /** 6 products, 6 additions, 3 activations, 4 element-wise operations of the new hidden value, 1 of the reset gate. */
    private static final int UNFUSED_GRU = 6 + 6 + 3 + 4 + 1;
    /** Mean, variance, difference, quotient, gain. */
    private static final int UNFUSED_NORM = 5;
    private static final int UNFUSED_DENSE = 2;

    private Fusion() {}

    /** Operators of one time step before fusion. */
    static int operatorsBefore(RecurrentNetwork network) {
        return network.layers().stream().mapToInt(Fusion::operatorsBefore).sum();
    }

    /** Bytes of intermediate vectors that a step writes and reads again before fusion, fp32. */
    static long intermediateBytesBefore(RecurrentNetwork network) {
        long floats = 0;
        for (Layer layer : network.layers()) {
            floats += intermediateBefore(layer);
        }
        return 2 * floats * Float.BYTES;
    }

    private static int operatorsBefore(Layer layer) {
        return switch (layer) {
            case Lstm _ -> UNFUSED_LSTM;
            case LstmVariant lstm -> UNFUSED_LSTM + (lstm.layerNorm() ? 3 * UNFUSED_NORM : 0) + (lstm.peephole() ? 6 : 0);
            case Gru _ -> UNFUSED_GRU;
            case Dense dense -> UNFUSED_DENSE + (dense.activation() == Dense.Activation.IDENTITY ? 0 : 1);
            case Bidirectional both -> operatorsBefore(both.forward()) + operatorsBefore(both.backward()) + 1;
            case Residual residual -> operatorsBefore(residual.layer()) + 1;
            case MeanPooling _ -> 2;
            case AttentionPooling _ -> UNFUSED_DENSE + 1 + 1 + 4;
        };
    }

    /** Values: all but what a layer's last operators give out or carry. */
    private static long intermediateBefore(Layer layer) {
        return switch (layer) {
            case Lstm lstm -> (long) (UNFUSED_LSTM - 2) * lstm.hiddenSize();
            case LstmVariant lstm -> (long) (operatorsBefore(lstm) - 2) * lstm.hiddenSize();
            case Gru gru -> (long) (UNFUSED_GRU - 1) * gru.hiddenSize();
            case Dense dense -> dense.outputSize();
            case Bidirectional both -> intermediateBefore(both.forward()) + intermediateBefore(both.backward());
            case Residual residual -> intermediateBefore(residual.layer()) + residual.outputSize();
            case MeanPooling mean -> mean.outputSize();
            case AttentionPooling attention -> 2L * attention.attentionSize() + attention.outputSize();
        };
    }

    static String describe(RecurrentNetwork network) {
        return operatorsBefore(network) + " operators a step become " + network.layers().size() + ", one a layer; "
                + intermediateBytesBefore(network) / 1024 + " KiB of intermediate vectors a step stay in registers";
    }
}
