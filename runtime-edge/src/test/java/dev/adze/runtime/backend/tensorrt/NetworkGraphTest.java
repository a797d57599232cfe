package dev.adze.runtime.backend.tensorrt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.model.Bidirectional;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.MeanPooling;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Graphs written for TensorRT compute what the scalar kernel computes, in every form and precision. */
class NetworkGraphTest {
    /** By engine precision: of outputs and states that are of the order of 1. */
    private static final Map<EnginePrecision, Double> ALLOWED = Map.of(EnginePrecision.FP32, 2e-6, EnginePrecision.FP16, 4e-3,
            EnginePrecision.INT8, 0.03, EnginePrecision.FP8, 0.12);

    private static final int STEPS = 5;

    private static RecurrentNetwork random(Random random) {
        int inputs = 1 + random.nextInt(6);
        var layers = new ArrayList<Layer>();
        int size = inputs;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            boolean around = size > 1 && random.nextInt(3) == 0;
            int hidden = around ? size : 1 + random.nextInt(9);
            Layer layer = random.nextBoolean() ? new Lstm(size, hidden) : new Gru(size, hidden);
            if (random.nextInt(5) == 0) {
                layers.add(new Dense(size, size, Dense.Activation.TANH));
            }
            layers.add(around ? new Residual(layer) : layer);
            size = hidden;
        }
        int outputs = 1 + random.nextInt(3);
        layers.add(new Dense(size, outputs, Dense.Activation.values()[random.nextInt(4)]));
        return new RecurrentNetwork(inputs, layers);
    }

    @Test
    void everyFormAndPrecisionAgreesWithTheScalarKernelOnRandomNetworks() {
        for (long seed = 1; seed <= 30; seed++) {
            var random = new Random(seed);
            RecurrentNetwork network = random(random);
            var weights = RandomNetworks.weights(network, random);
            Precision stored = Precision.values()[random.nextInt(3)];
            NetworkTensors tensors = RandomNetworks.tensors(weights, stored);
            // What the weights stand for, computed in single: an engine quantizes values in its own way.
            NetworkTensors reference = NetworkTensors.of(tensors.toWeights());
            float[] features = new float[STEPS * network.inputSize()];
            for (int i = 0; i < features.length; i++) {
                features[i] = (float) random.nextGaussian();
            }
            for (EnginePrecision precision : EnginePrecision.values()) {
                String what = "seed " + seed + ", " + stored + ", " + precision + ", " + network;
                cells(network, tensors, reference, features, precision, what);
                for (EngineForm form : EngineForm.ofWindow(STEPS)) {
                    window(network, tensors, reference, features, form, precision, what + ", " + form);
                }
            }
        }
    }

    private static void cells(RecurrentNetwork network, NetworkTensors tensors, NetworkTensors reference, float[] features,
            EnginePrecision precision, String what) {
        EngineGraph graph = NetworkGraph.of(tensors, EngineForm.CELL, 1, precision);
        try (var scalar = CompiledNetwork.compile(reference, KernelChoice.scalar())) {
            StepRunner runner = scalar.newRunner();
            float[] expected = new float[network.outputSize()];
            var inputs = new HashMap<String, float[]>();
            graph.states().forEach(port -> inputs.put(port.name(), new float[port.elements()]));
            for (int t = 0; t < STEPS; t++) {
                runner.step(features, t * network.inputSize(), expected);
                inputs.put(EngineGraph.FEATURES, java.util.Arrays.copyOfRange(features, t * network.inputSize(),
                        (t + 1) * network.inputSize()));
                Map<String, float[]> outputs = GraphInterpreter.run(graph, inputs);
                compare(expected, outputs.get(EngineGraph.SCALED), precision, what + ", step " + t);
                graph.states().forEach(port -> inputs.put(port.name(), outputs.get(port.name() + EngineGraph.NEXT)));
            }
            states(graph, runner, network, inputs, "", precision, what);
        }
    }

    private static void window(RecurrentNetwork network, NetworkTensors tensors, NetworkTensors reference, float[] features,
            EngineForm form, EnginePrecision precision, String what) {
        EngineGraph graph = NetworkGraph.of(tensors, form, STEPS, precision);
        try (var scalar = CompiledNetwork.compile(reference, KernelChoice.scalar())) {
            StepRunner runner = scalar.newRunner();
            float[] expected = new float[network.outputSize()];
            runner.window(features, network.inputSize(), STEPS, 0, STEPS, expected);
            Map<String, float[]> outputs = GraphInterpreter.run(graph, Map.of(EngineGraph.FEATURES, features));
            compare(expected, outputs.get(EngineGraph.SCALED), precision, what);
            states(graph, runner, network, outputs, EngineGraph.NEXT, precision, what);
        }
    }

    /** The states of the graph, in their order, are the runtime's state. */
    private static void states(EngineGraph graph, StepRunner runner, RecurrentNetwork network, Map<String, float[]> values,
            String suffix, EnginePrecision precision, String what) {
        float[] expected = new float[network.stateSize()];
        runner.copyStateTo(expected);
        float[] actual = new float[expected.length];
        int at = 0;
        for (EngineGraph.Port port : graph.states()) {
            float[] state = values.get(port.name() + suffix);
            System.arraycopy(state, 0, actual, at, state.length);
            at += state.length;
        }
        assertEquals(expected.length, at, what);
        compare(expected, actual, precision, what + ", states");
    }

    private static void compare(float[] expected, float[] actual, EnginePrecision precision, String what) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], ALLOWED.get(precision) * (1 + Math.abs(expected[i])), what + ", value " + i);
        }
    }

    @Test
    void halfPrecisionAndIntegersAreInTheGraphItself() {
        var tensors = RandomNetworks.tensors(RandomNetworks.weights(RecurrentNetwork.stackedLstm(3, 2, 4, 1), new Random(1)),
                Precision.INT8);
        var half = NetworkGraph.of(tensors, EngineForm.CELL, 1, EnginePrecision.FP16).ops();
        assertTrue(half.stream().filter(Op.Constant.class::isInstance).map(Op.Constant.class::cast)
                .allMatch(c -> c.type() == Op.ElementType.FP16));
        var integers = NetworkGraph.of(tensors, EngineForm.CELL, 1, EnginePrecision.INT8).ops();
        // Matrices: the second layer's with its inputs, both layers' with hidden values; values: h.0 twice (its own layer
        // before the step, the next layer after it) and h.1.
        assertEquals(3 + 3, integers.stream().filter(Op.Quantize.class::isInstance).count());
    }

    @Test
    void whatCannotBeWrittenIsNamed() {
        var dense = new Dense(4, 1, Dense.Activation.IDENTITY);
        record Case(RecurrentNetwork network, String expected) {}
        for (Case each : List.of(
                new Case(new RecurrentNetwork(3, List.of(new Bidirectional(new Lstm(3, 2), new Lstm(3, 2)), dense)),
                        "layer 0 is bidirectional"),
                new Case(new RecurrentNetwork(3, List.of(new Lstm(3, 4), new MeanPooling(4), dense)), "layer 1 is mean-pooling"),
                new Case(new RecurrentNetwork(3, List.of(new Lstm(3, 4, 5), dense)), "without hold"),
                new Case(new RecurrentNetwork(4, List.of(dense)), "no lstm or gru layer"))) {
            String reason = NetworkGraph.obstacle(each.network).orElseThrow();
            assertTrue(reason.contains(each.expected), reason);
        }
    }
}
