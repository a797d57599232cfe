package dev.adze.compress.pipeline;

import dev.adze.compress.graph.StepGraph;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;

/**
 * What fusion saves in one time step. Unfused, as a framework runs it, an LSTM layer is 8 matrix-vector products (4
 * gates, input and recurrent), 8 additions of biases and sums, 5 activations and 4 element-wise operations of the cell,
 * each with an intermediate vector written and read again. Trained with one bias vector instead of PyTorch's two, the
 * gates of a unit packed side by side, the runtime runs a layer as one pass over its weights.
 */
final class Fusion {
    private Fusion() {}

    static String describe(RecurrentNetwork network) {
        StepGraph graph = StepGraph.of(network, LayerPrecisions.uniform(network, Precision.FP32));
        return graph.operatorsBefore() + " operators a step become " + graph.layers().size() + ", one a layer; "
                + graph.intermediateBytesBefore() / 1024 + " KiB of intermediate vectors a step stay in registers";
    }
}
