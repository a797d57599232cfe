package dev.adze.compress.export;

import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Layer;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.GoldenCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Networks of random shapes with weights as a trained network has them: uniform in ±1/sqrt(size), forget bias 1. */
public final class RandomModels {
    private RandomModels() {}

    /** 1 to 3 LSTM layers of different sizes (1 unit now and then), then a dense head, sometimes of two layers. */
    static RecurrentNetwork network(Random random) {
        var layers = new ArrayList<Layer>();
        int inputs = random.nextInt(4) == 0 ? 1 : 1 + random.nextInt(19);
        int size = inputs;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int hidden = random.nextInt(5) == 0 ? 1 : 1 + random.nextInt(67);
            layers.add(new Lstm(size, hidden));
            size = hidden;
        }
        if (random.nextBoolean()) {
            int width = 1 + random.nextInt(9);
            layers.add(new Dense(size, width, Dense.Activation.values()[1 + random.nextInt(3)]));
            size = width;
        }
        layers.add(new Dense(size, 1 + random.nextInt(4), Dense.Activation.IDENTITY));
        return new RecurrentNetwork(inputs, layers);
    }

    public static Weights weights(RecurrentNetwork network, Random random) {
        var tensors = new LinkedHashMap<String, float[]>();
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            for (TensorSpec spec : layer.tensors()) {
                float[] values = new float[(int) spec.elementCount()];
                double bound = 1 / Math.sqrt(layer.outputSize());
                for (int k = 0; k < values.length; k++) {
                    boolean forget = layer instanceof Lstm && spec.shape().size() == 1 && k / layer.outputSize() == 1;
                    values[k] = (float) (random.nextDouble(-bound, bound) + (forget ? 1 : 0));
                }
                tensors.put(RecurrentNetwork.tensorName(i, spec.name()), values);
            }
        }
        return new Weights(network, tensors);
    }

    static float[] features(RecurrentNetwork network, int steps, Random random) {
        float[] features = new float[steps * network.inputSize()];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        return features;
    }

    /** A bundle around tensors, one channel a network input, with golden vectors of random inputs. */
    public static Bundle bundle(NetworkTensors tensors, TaskSpec.Mode mode, int windowSteps, Random random) {
        RecurrentNetwork network = tensors.network();
        List<ChannelSpec> channels = IntStream.range(0, network.inputSize())
                .mapToObj(i -> new ChannelSpec("sensor." + i, i == 0 ? "degC" : "", 20 + i, 2 + i, 0, 40)).toList();
        var preprocess = new PreprocessSpec(channels, 3, 6, List.of(), false);
        List<TaskSpec.OutputSpec> outputs = IntStream.range(0, network.outputSize())
                .mapToObj(i -> new TaskSpec.OutputSpec("ahead." + i, "degC", 20, 5, i == 0 ? 15 : Double.NEGATIVE_INFINITY,
                        Double.POSITIVE_INFINITY)).toList();
        var task = new TaskSpec(TaskSpec.Kind.FORECAST, mode, windowSteps, 4, 500, outputs);
        int steps = windowSteps + 5;
        float[] inputs = new float[steps * channels.size()];
        for (int i = 0; i < inputs.length; i++) {
            ChannelSpec channel = channels.get(i % channels.size());
            inputs[i] = random.nextInt(29) == 0 ? Float.NaN
                    : (float) (channel.center() + channel.scale() * random.nextGaussian());
        }
        return bundle(tensors, preprocess, task, steps, inputs, new Manifest.Tolerance(1e-4, 1e-3));
    }

    static Bundle bundle(NetworkTensors tensors, PreprocessSpec preprocess, TaskSpec task, int steps, float[] inputs,
            Manifest.Tolerance tolerance) {
        var manifest = new Manifest("random", tensors.network(), tensors.precision(),
                preprocess, task, new LinkedHashMap<>(), new LinkedHashMap<>(), tolerance);
        try (var reference = CompiledNetwork.compile(tensors, KernelChoice.scalar())) {
            return new Bundle(manifest, tensors, List.of(GoldenCheck.record(reference, preprocess, task, steps, inputs)));
        }
    }
}
