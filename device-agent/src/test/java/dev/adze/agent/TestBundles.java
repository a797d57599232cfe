package dev.adze.agent;

import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.GoldenCheck;
import dev.adze.runtime.session.ModelSession;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Bundles with random weights: what they forecast is nonsense, but computed all the same. */
public final class TestBundles {
    private TestBundles() {}

    /** Channels {@code a}, {@code b}, ... in volts. */
    public static PreprocessSpec letters(int channels) {
        return new PreprocessSpec(IntStream.range(0, channels)
                .mapToObj(i -> new ChannelSpec(String.valueOf((char) ('a' + i)), "V", i, 2, -10, 10)).toList(),
                3, 8, List.of(0.25), true);
    }

    public static TaskSpec task(TaskSpec.Kind kind, TaskSpec.Mode mode, int windowSteps, long periodMillis, int outputs) {
        boolean classes = kind == TaskSpec.Kind.CLASSIFICATION;
        return new TaskSpec(kind, mode, windowSteps, classes ? 0 : 60, periodMillis, IntStream.range(0, outputs)
                .mapToObj(i -> new TaskSpec.OutputSpec("out" + i, classes ? "" : "%", classes ? 0 : 50, classes ? 1 : 20,
                        classes ? Double.NEGATIVE_INFINITY : 0, classes ? Double.POSITIVE_INFINITY : 100)).toList());
    }

    public static CompiledNetwork network(PreprocessSpec preprocess, TaskSpec task) {
        // The scalar kernel: a Vector API kernel allocates until it is compiled, and all give the same bits.
        return CompiledNetwork.compile(NetworkTensors.of(weights(RecurrentNetwork.stackedLstm(preprocess.featureCount(),
                2, 12, task.outputs().size()))), KernelChoice.scalar());
    }

    private static Weights weights(RecurrentNetwork network) {
        var random = new Random(11);
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (TensorSpec spec : network.tensors()) {
            float[] values = new float[Math.toIntExact(spec.elementCount())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.3 * random.nextGaussian());
            }
            tensors.put(spec.name(), values);
        }
        return new Weights(network, tensors);
    }

    public static ModelSession session(PreprocessSpec preprocess, TaskSpec task) {
        return new ModelSession(network(preprocess, task), preprocess, task);
    }

    /** A bundle on real channels of every Linux host. */
    public static Path write(Path file, long periodMillis, ChannelSpec... channels) {
        return write(file, TaskSpec.Mode.STREAM, periodMillis, channels);
    }

    /** In either mode; windows are of 20 steps. */
    public static Path write(Path file, TaskSpec.Mode mode, long periodMillis, ChannelSpec... channels) {
        var preprocess = new PreprocessSpec(List.of(channels), 4, 8, List.of(), true);
        TaskSpec task = task(TaskSpec.Kind.FORECAST, mode, 20, periodMillis, 2);
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(preprocess.featureCount(), 2, 24, 2);
        Weights weights = weights(network);
        try (CompiledNetwork compiled = CompiledNetwork.compile(weights)) {
            float[] inputs = new float[5 * channels.length];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = i % 7 == 3 ? Float.NaN : i;
            }
            var golden = List.of(GoldenCheck.record(compiled, preprocess, task, 5, inputs));
            var manifest = new Manifest("test-model", network, Precision.FP32, preprocess, task,
                    new LinkedHashMap<>(), new LinkedHashMap<>(), new Manifest.Tolerance(1e-5, 1e-5));
            new Bundle(manifest, NetworkTensors.of(weights), golden).write(file);
        }
        return file;
    }

    public static ChannelSpec channel(String name, String unit) {
        return new ChannelSpec(name, unit, 10, 20, 0, 100);
    }
}
