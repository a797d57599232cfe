package dev.adze.compress.graph;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.model.AttentionPooling;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Convolution;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.LayerPrecisions;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.MinimalGate;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.ProjectedLstm;
import dev.adze.runtime.model.RecurrentLayer;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import dev.adze.runtime.model.SelfAttention;
import dev.adze.runtime.model.StaticFeatures;
import dev.adze.runtime.model.TransformerLayer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class StepGraphTest {
    /** Every kind of layer with the operators that its documentation's formulas have, counted by hand. */
    private static final Map<Layer, Integer> KINDS = Map.ofEntries(
            entry(new Lstm(3, 5), 8 + 8 + 5 + 4),
            entry(new LstmVariant(3, 5, true, false), 25 + 3 * 5 + 1),
            entry(new LstmVariant(3, 5, false, true), 25 + 3 * 2),
            entry(new LstmVariant(3, 5, true, true), 25 + 3 * 5 + 1 + 3 * 2),
            entry(new ProjectedLstm(3, 9, 5), 25 + 1),
            entry(new Gru(3, 5), 6 + 7 + 3 + 5),
            entry(new MinimalGate(3, 5), 4 + 4 + 2 + 4),
            entry(new Bidirectional(new Lstm(3, 5), new Lstm(3, 5)), 25 + 25 + 1),
            entry(new Bidirectional(new MinimalGate(3, 5), new ProjectedLstm(3, 5, 2)), 14 + 26 + 1),
            entry(new Residual(new Gru(5, 5)), 21 + 1),
            entry(new Residual(new Bidirectional(new Gru(7, 3), new Lstm(7, 4))), 21 + 25 + 1 + 1),
            entry(new AttentionPooling(3, 7), 8),
            entry(new MeanPooling(4), 2),
            entry(new Convolution(3, 5, 4, 2, Dense.Activation.GELU), 3),
            entry(new SelfAttention(6, 2), 7),
            entry(new TransformerLayer(6, 2, 9), 7 + 6 + 3 + 3 + 6 + 1),
            entry(new StaticFeatures(3, List.of(2, 0)), 1),
            entry(new Dense(3, 2, Dense.Activation.IDENTITY), 2),
            entry(new Dense(3, 2, Dense.Activation.TANH), 3));

    private static StepGraph of(RecurrentNetwork network, Precision precision) {
        return StepGraph.of(network, LayerPrecisions.uniform(network, precision));
    }

    private static StepGraph.LayerGraph graph(Layer layer, Precision precision) {
        return of(new RecurrentNetwork(layer.inputSize(), List.of(layer)), precision).layers().getFirst();
    }

    @Test
    void everyLayerHasItsOperatorsAndReadsEachTrainedValueOnce() {
        KINDS.forEach((layer, count) -> {
            List<Operator> operators = graph(layer, Precision.FP32).before();
            assertEquals(count, operators.size(), layer.toString());
            assertEquals(layer.parameterCount(), operators.stream().mapToLong(Operator::weights).sum(),
                    layer.toString());
            var names = new HashSet<String>();
            operators.forEach(o -> assertTrue(names.add(o.result()), layer + " has " + o.result() + " twice"));
            assertTrue(operators.getLast().kept(), "the last operator gives what the layer gives out");
        });
    }

    @Test
    void trafficOfASmallLstmIsWhatOneCountsByHand() {
        StepGraph.LayerGraph layer = graph(new Lstm(2, 3), Precision.FP32);
        // Products: 4 (2 + 3 + 2 * 3) and 4 (3 + 3 + 3 * 3); sums 4 (6 + 3) and 4 (3 + 3 + 3); 5 activations of 3 + 3;
        // pointwise 3 (6 + 3) of the cell and 6 + 3 of the output.
        assertEquals(4 * (4 * 11 + 4 * 15 + 4 * 9 + 4 * 9 + 5 * 6 + 4 * 9), layer.beforeBytes());
        // All weights once, x, h and c in and out, y.
        assertEquals(4 * (4 * 3 * (2 + 3 + 1) + 2 + 2 * 6 + 3), layer.afterBytes());
        assertEquals(4 * 3 * (2 + 3) + 4 * (2 * 4 * 3 + 4 * 3) + 4 * (2 + 2 * 6 + 3),
                graph(new Lstm(2, 3), Precision.INT8).afterBytes(), "int8: two scales a row beside the bias");
    }

    @Test
    void aDirectionCarriesItsStateFromStepToStep() {
        StepGraph.LayerGraph one = graph(new Lstm(2, 3), Precision.FP32);
        StepGraph.LayerGraph both = graph(new Bidirectional(new Lstm(2, 3), new Lstm(2, 3)), Precision.FP32);
        assertEquals(2 * one.afterBytes() - 4 * 2, both.afterBytes(), "the input is read once");
    }

    @Test
    void fusedTrafficOfRecurrentLayersIsLess() {
        KINDS.keySet().stream().filter(RecurrentLayer.class::isInstance).forEach(layer -> {
            StepGraph.LayerGraph graph = graph(layer, Precision.FP32);
            assertTrue(graph.afterBytes() < graph.beforeBytes(), layer + ": " + graph.afterBytes() + " of " + graph.beforeBytes());
        });
    }

    @Test
    void textAndPictureShowEveryOperator() throws Exception {
        for (Layer layer : KINDS.keySet()) {
            StepGraph graph = of(new RecurrentNetwork(layer.inputSize(), List.of(layer)), Precision.FP32);
            String text = String.join("\n", GraphText.of(graph, "vector-512"));
            String picture = GraphPicture.of(graph, "a <model> & \"more\"", "vector-512");
            var document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(new ByteArrayInputStream(picture.getBytes(StandardCharsets.UTF_8)));
            assertEquals(graph.operatorsBefore(), document.getElementsByTagName("g").getLength());
            for (Operator operator : graph.layers().getFirst().before()) {
                assertTrue(text.contains(operator.result() + " ") && text.contains(operator.formula()), text);
            }
            assertTrue(picture.contains("vector-512") && text.contains("after: 1 operator"), text);
        }
    }
}
