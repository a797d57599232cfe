package dev.adze.compress.graph;

import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One time step of a network before and after fusion.
 *
 * <p>Before, as a framework runs it in fp32: every operator reads its operands from memory and writes its result there.
 * After, as Adze's runtime runs it: one pass over a layer's weights in their stored precision; of vectors only the input,
 * the carried state and the output are read and written.
 */
public record StepGraph(RecurrentNetwork network, LayerPrecisions precisions, List<LayerGraph> layers) {
    /**
     * @param before     operators before fusion
     * @param afterBytes read and written in a step after fusion
     */
    public record LayerGraph(int index, Layer layer, List<Operator> before, long afterBytes) {
        /** Bytes that a step reads and writes before fusion. */
        public long beforeBytes() {
            return Float.BYTES * before.stream().mapToLong(o -> o.reads() + o.writes() + o.weights()).sum();
        }
    }

    public static StepGraph of(RecurrentNetwork network, LayerPrecisions precisions) {
        var layout = NetworkTensors.layout(network, precisions);
        return new StepGraph(network, precisions, IntStream.range(0, network.layers().size()).mapToObj(i -> {
            Layer layer = network.layers().get(i);
            String prefix = RecurrentNetwork.tensorName(i, "");
            long weights = layout.entrySet().stream().filter(slot -> slot.getKey().startsWith(prefix))
                    .mapToLong(slot -> slot.getValue().type().bytes()
                            * slot.getValue().shape().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b)).sum();
            long vectors = layer.inputSize() + 2L * carried(layer) + layer.outputSize();
            return new LayerGraph(i, layer, LayerOperators.of(layer), weights + Float.BYTES * vectors);
        }).toList());
    }

    /** Values that go from one step of a window to the next: also of layers that cannot be streamed. */
    private static long carried(Layer layer) {
        return switch (layer) {
            case Bidirectional both -> carried(both.forward()) + carried(both.backward());
            case Residual residual -> carried(residual.layer());
            case Layer other -> other.stateSize();
        };
    }

    public StepGraph {
        layers = List.copyOf(layers);
    }

    public int operatorsBefore() {
        return layers.stream().mapToInt(layer -> layer.before().size()).sum();
    }

    public long beforeBytes() {
        return layers.stream().mapToLong(LayerGraph::beforeBytes).sum();
    }

    public long afterBytes() {
        return layers.stream().mapToLong(LayerGraph::afterBytes).sum();
    }

    /** Bytes of intermediate vectors that a step writes and reads again before fusion, fp32. */
    public long intermediateBytesBefore() {
        return 2L * Float.BYTES * layers.stream().flatMap(layer -> layer.before().stream()).filter(o -> !o.kept())
                .mapToLong(Operator::writes).sum();
    }
}
