package dev.adze.compress.distill;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Takes whole hidden units out of stacked LSTMs with a dense head: the tensors become really smaller. */
public final class UnitRemoval {
    private UnitRemoval() {}

    /** @param share of every layer's units that goes, rounded down; those that are read with the smallest weights */
    public static Weights remove(Weights weights, double share) {
        RecurrentNetwork narrow = narrow(weights.network(), share);
        var zeros = new LinkedHashMap<String, float[]>();
        for (TensorSpec spec : narrow.tensors()) {
            zeros.put(spec.name(), new float[(int) spec.elementCount()]);
        }
        return TeacherSlices.cut(DistillSpec.Init.TEACHER, weights, new Weights(narrow, zeros));
    }

    /** The shape that is left. */
    public static RecurrentNetwork narrow(RecurrentNetwork from, double share) {
        List<Layer> layers = new ArrayList<>();
        int size = from.inputSize();
        for (Layer layer : from.layers()) {
            switch (layer) {
                case Lstm lstm -> layers.add(new Lstm(size, lstm.hiddenSize() - (int) (share * lstm.hiddenSize()), lstm.hold()));
                case Dense dense -> layers.add(new Dense(size, dense.outputSize(), dense.activation()));
                default -> throw layer.refusedBy("the removal of hidden units");
            }
            size = layers.getLast().outputSize();
        }
        return new RecurrentNetwork(from.inputSize(), layers);
    }
}
