package dev.adze.compress.pipeline;

import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.WeightBlocks;

/** What of a network's work its stored weights ask for: products with blocks of zeros that a bundle leaves out are none. */
final class StoredWork {
    private StoredWork() {}

    static long macsPerStep(NetworkTensors tensors) {
        RecurrentNetwork network = tensors.network();
        long macs = network.multiplyAccumulates();
        for (int i = 0; i < network.layers().size(); i++) {
            if (tensors.precision(i) == Precision.INT8 && network.layers().get(i) instanceof Lstm lstm) {
                macs -= leftOut(tensors, i, "weight_ih", lstm.hiddenSize(), lstm.inputSize());
                macs -= leftOut(tensors, i, "weight_hh", lstm.hiddenSize(), lstm.hiddenSize());
            }
        }
        return macs;
    }

    private static long leftOut(NetworkTensors tensors, int layer, String name, int units, int columns) {
        var blocks = new WeightBlocks(units, columns);
        boolean[] kept = blocks.kept(tensors.get(layer, name).toBytes());
        return blocks.worthwhile(kept) ? blocks.weightsLeftOut(kept) : 0;
    }
}
