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

/** The fast Java kernel, on the Vector API (module jdk.incubator.vector), with rows of the matrices in the lanes. */
final class VectorKernel implements Kernel {
    @Override
    public String name() {
        return "vector-" + VectorWidth.BITS;
    }

    @Override
    public StepProgram compile(NetworkTensors tensors, Arena arena) {
        var parts = new PartCompiler(tensors, arena, true);
        List<CompiledLayer> layers = new ArrayList<>();
        for (int i = 0; i < tensors.network().layers().size(); i++) {
            Layer layer = tensors.network().layers().get(i);
            layers.add(switch (layer) {
                case Lstm lstm -> switch (tensors.precision(i)) {
                    case FP32, FP16 -> VectorLstmFp32.compile(lstm, tensors, i, arena);
                    case INT8 -> VectorLstmInt8.compile(lstm, tensors, i, arena);
                    case INT4 -> VectorLstmInt4.compile(lstm, tensors, i, arena);
                    case MIXED -> throw new IllegalStateException();
                };
                case Dense dense when dense.outputSize() >= VectorDense.WORTHWHILE_OUTPUTS ->
                        VectorDense.compile(dense, tensors, i, arena);
                case Dense dense -> ScalarDense.compile(dense, tensors, i);
                case LstmVariant _, ProjectedLstm _, Gru _, MinimalGate _, Bidirectional _, Residual _, MeanPooling _, AttentionPooling _, FeedForwardLayer _ ->
                        parts.compile(layer, i);
            });
        }
        return new LayerChain(tensors.network(), layers);
    }
}
