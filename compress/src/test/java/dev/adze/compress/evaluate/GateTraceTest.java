package dev.adze.compress.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GateTraceTest {
    /** One unit, two steps, by hand: W = (0.5, -1, 2, 1), R = (0, 0, 0, 0), then only the forget gate sees h. */
    @Test
    void gatesAndStateFollowTheEquations() {
        var network = new RecurrentNetwork(1, List.of(new Lstm(1, 1)));
        var weights = new Weights(network, new LinkedHashMap<>(java.util.Map.of(
                "layers.0.weight_ih", new float[] {0.5f, -1, 2, 1},
                "layers.0.weight_hh", new float[] {0, 4, 0, 0},
                "layers.0.bias", new float[] {0, 1, 0, -1})));
        GateTrace trace = GateTrace.of(weights, new float[] {1, -1}).getFirst();
        // Step 1: i = s(0.5), f = s(0), g = tanh 2, o = s(0); step 2: i = s(-0.5), f = s(2 + 4 h1), g = tanh -2, o = s(-2).
        assertArrayEquals(new double[] {0.6224593312018546, 0.3775406687981454}, trace.signal("i"), 1e-15);
        assertArrayEquals(new double[] {0.9640275800758169, -0.9640275800758169}, trace.signal("g"), 1e-15);
        assertArrayEquals(new double[] {0.5, 0.11920292202211755}, trace.signal("o"), 1e-15);
        double c1 = 0.6224593312018546 * 0.9640275800758169;
        double h1 = 0.5 * Math.tanh(c1);
        double f2 = 1 / (1 + Math.exp(-2 - 4 * h1));
        double c2 = f2 * c1 - 0.3775406687981454 * 0.9640275800758169;
        assertArrayEquals(new double[] {0.5, f2}, trace.signal("f"), 1e-15);
        assertArrayEquals(new double[] {c1, c2}, trace.signal("cell"), 1e-15);
        assertArrayEquals(new double[] {h1, 0.11920292202211755 * Math.tanh(c2)}, trace.signal("hidden"), 1e-15);
    }

    @Test
    void hiddenValuesAreThoseOfTheRuntime() {
        long seed = 5;
        Random random = new Random(seed);
        var network = new RecurrentNetwork(3, List.of(new Lstm(3, 7), new Lstm(7, 5)));
        Weights weights = random(network, random);
        float[] features = new float[20 * 3];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        List<GateTrace> traces = GateTrace.of(weights, features);
        assertEquals(2, traces.size());
        float[] output = new float[5];
        try (var compiled = CompiledNetwork.compile(NetworkTensors.of(weights), KernelChoice.scalar())) {
            var runner = compiled.newRunner();
            for (int t = 0; t < 20; t++) {
                runner.step(features, t * 3, output);
                for (int unit = 0; unit < 5; unit++) {
                    assertEquals(output[unit], traces.getLast().signal("hidden")[t * 5 + unit], 1e-5,
                            "seed " + seed + ", step " + t + ", unit " + unit);
                }
            }
        }
    }

    @Test
    void layersAfterTheFirstOfAnotherKindAreNotTraced() {
        var network = new RecurrentNetwork(2, List.of(new Lstm(2, 4), new Dense(4, 4, Dense.Activation.IDENTITY), new Lstm(4, 4)));
        assertEquals(1, GateTrace.of(random(network, new Random(1)), new float[6]).size());
        assertEquals(0, GateTrace.layers(random(new RecurrentNetwork(2, List.of(new Gru(2, 4))), new Random(1))));
    }

    @Test
    void halfAStepIsRefused() {
        Weights weights = random(new RecurrentNetwork(2, List.of(new Lstm(2, 4))), new Random(1));
        assertThrows(IllegalArgumentException.class, () -> GateTrace.of(weights, new float[3]));
    }

    private static Weights random(RecurrentNetwork network, Random random) {
        var tensors = new LinkedHashMap<String, float[]>();
        for (TensorSpec spec : network.tensors()) {
            float[] values = new float[(int) spec.elementCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() * 0.4f;
            }
            tensors.put(spec.name(), values);
        }
        return new Weights(network, tensors);
    }
}
