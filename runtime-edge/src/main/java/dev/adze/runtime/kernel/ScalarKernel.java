package dev.adze.runtime.kernel;

import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.FeedForwardLayer;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.Residual;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** The reference: plain loops over the tensors as stored. Slow, obvious, and the oracle of the other kernels. */
final class ScalarKernel implements Kernel {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public StepProgram compile(NetworkTensors tensors, Arena arena) {
        var parts = new PartCompiler(tensors, arena, false);
        List<CompiledLayer> layers = new ArrayList<>();
        for (int i = 0; i < tensors.network().layers().size(); i++) {
            Layer layer = tensors.network().layers().get(i);
            layers.add(switch (layer) {
                case Lstm lstm -> switch (tensors.precision(i)) {
                    case FP32, FP16 -> ScalarLstmFp32.compile(lstm, tensors, i);
                    case INT8, INT4 -> ScalarLstmIntegers.compile(lstm, tensors, i);
                    case MIXED -> throw new IllegalStateException();
                };
                case Dense dense -> ScalarDense.compile(dense, tensors, i);
                case LstmVariant _, ProjectedLstm _, Gru _, MinimalGate _, Bidirectional _, Residual _, MeanPooling _, AttentionPooling _, FeedForwardLayer _ ->
                        parts.compile(layer, i);
            });
        }
        return new LayerChain(tensors.network(), layers);
    }
}
