import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.TensorSpec;
import dev.adze.runtime.model.Weights;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.GoldenCheck;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes a bundle with random weights that takes eight figures of any Linux host every 10 ms. */
public final class SoakBundle {
    private SoakBundle() {}

    public static void main(String[] args) {
        var channels = List.of(
                new ChannelSpec("cpu.busy", "%", 30, 30, 0, 100), new ChannelSpec("cpu.user", "%", 20, 20, 0, 100),
                new ChannelSpec("cpu.system", "%", 10, 10, 0, 100), new ChannelSpec("sched.runnable", "", 2, 2, 0, 1000),
                new ChannelSpec("sched.context_switches", "1/s", 5000, 5000, 0, 1e7), new ChannelSpec("mem.available", "%", 50, 20, 0, 100),
                new ChannelSpec("net.rx", "KiB/s", 50, 100, 0, 1e7), new ChannelSpec("net.tx", "KiB/s", 50, 100, 0, 1e7));
        var preprocess = new PreprocessSpec(channels, 10, 8, List.of(0.1), true);
        var task = new TaskSpec(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 100, 100, 10, List.of(
                new TaskSpec.OutputSpec("cpu.busy", "%", 30, 30, 0, 100), new TaskSpec.OutputSpec("mem.available", "%", 50, 20, 0, 100)));
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(preprocess.featureCount(), 2, 64, 2);
        var random = new Random(13);
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (TensorSpec spec : network.tensors()) {
            float[] values = new float[Math.toIntExact(spec.elementCount())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.15 * random.nextGaussian());
            }
            tensors.put(spec.name(), values);
        }
        NetworkTensors stored = NetworkTensors.of(new Weights(network, tensors));
        float[] inputs = new float[50 * channels.size()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = (float) (channels.get(i % 8).center() + channels.get(i % 8).scale() * random.nextGaussian());
        }
        try (CompiledNetwork compiled = CompiledNetwork.compile(stored)) {
            var golden = List.of(GoldenCheck.record(compiled, preprocess, task, 50, inputs));
            var manifest = new Manifest("soak", network, Precision.FP32, preprocess, task, new LinkedHashMap<>(), new LinkedHashMap<>(),
                    new Manifest.Tolerance(1e-5, 1e-5));
            new Bundle(manifest, stored, golden).write(Path.of(args[0]));
        }
    }
}
