package dev.adze.runtime.bundle;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.GoldenCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Bundles of a few units for tests, with real golden vectors. */
public final class SmallBundles {
    /** Features that the bundles' preprocessing gives. */
    public static final int INPUTS = 6;

    /** Of the layers of a mixed bundle. */
    public static final List<Precision> MIXTURE = List.of(Precision.INT8, Precision.INT4, Precision.FP32);

    private SmallBundles() {}

    public static Bundle make(Precision precision, TaskSpec.Mode mode, int hiddenSize) {
        return make(precision, mode, "small-" + hiddenSize, RecurrentNetwork.stackedLstm(INPUTS, 2, hiddenSize, 2));
    }

    /** @param network of {@link #INPUTS} inputs and 2 outputs */
    public static Bundle make(Precision precision, TaskSpec.Mode mode, String name, RecurrentNetwork network) {
        var preprocess = new PreprocessSpec(
                List.of(new ChannelSpec("cpu.busy", "%", 40, 12.5, 0, 100), new ChannelSpec("temp", "\u00b0C", 50, -3, 20, 90)),
                2, Double.POSITIVE_INFINITY, List.of(0.1), true);
        var task = new TaskSpec(TaskSpec.Kind.FORECAST, mode, 4, 3, 500, List.of(
                new TaskSpec.OutputSpec("cpu.busy", "%", 40, 12.5, 0, 100),
                new TaskSpec.OutputSpec("margin", "", 0, 1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)));
        Random random = new Random(17);
        Weights weights = RandomNetworks.weights(network, random);
        NetworkTensors tensors = precision == Precision.MIXED ? RandomNetworks.tensors(weights, MIXTURE) : RandomNetworks.tensors(weights, precision);
        var manifest = new Manifest(name, network, tensors.precisions(), preprocess, task,
                new LinkedHashMap<>(Map.of("test.rmse", 1.25)), new LinkedHashMap<>(Map.of("seed", "17")),
                new Manifest.Tolerance(1e-5, 1e-5), java.util.Optional.empty());
        var golden = new ArrayList<GoldenCase>();
        try (CompiledNetwork compiled = CompiledNetwork.compile(tensors)) {
            for (int steps : new int[] {1, 7}) {
                float[] inputs = new float[steps * 2];
                for (int i = 0; i < inputs.length; i++) {
                    inputs[i] = i % 5 == 3 ? Float.NaN : 40 + 20 * (float) random.nextGaussian();
                }
                golden.add(GoldenCheck.record(compiled, preprocess, task, steps, inputs));
            }
        }
        return new Bundle(manifest, tensors, golden);
    }
}
