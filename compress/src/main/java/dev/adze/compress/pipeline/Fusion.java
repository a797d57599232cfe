package dev.adze.compress.pipeline;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;

/**
 * What fusion saves in one time step. Unfused, as a framework runs it, an LSTM layer is 8 matrix-vector products (4
 * gates, input and recurrent), 8 additions of biases and sums, 5 activations and 4 element-wise operations of the cell,
 * each with an intermediate vector written and read again. Trained with one bias vector instead of PyTorch's two, the
 * gates of a unit packed side by side, the runtime runs a layer as one pass over its weights.
 */
final class Fusion {
    private static final int UNFUSED_LSTM = 8 + 8 + 5 + 4;
    private static final int UNFUSED_DENSE = 2;

    private Fusion() {}

    /** Operators of one time step before fusion. */
    static int operatorsBefore(RecurrentNetwork network) {
        return network.layers().stream().mapToInt(layer -> switch (layer) {
            case Lstm _ -> UNFUSED_LSTM;
            case Dense dense -> UNFUSED_DENSE + (dense.activation() == Dense.Activation.IDENTITY ? 0 : 1);
        }).sum();
    }

    /** Bytes of intermediate vectors that a step writes and reads again before fusion, fp32. */
    static long intermediateBytesBefore(RecurrentNetwork network) {
        long floats = 0;
        for (Layer layer : network.layers()) {
            floats += switch (layer) {
                case Lstm lstm -> (long) (UNFUSED_LSTM - 2) * lstm.hiddenSize();
                case Dense dense -> dense.outputSize();
            };
        }
        return 2 * floats * Float.BYTES;
    }

    static String describe(RecurrentNetwork network) {
        return operatorsBefore(network) + " operators a step become " + network.layers().size() + ", one a layer; "
                + intermediateBytesBefore(network) / 1024 + " KiB of intermediate vectors a step stay in registers";
    }
}
