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

/**
 * Writes a bundle with random weights that takes figures of any Linux host every 10 ms: for the soak eight of them, for the
 * hostile sensors four and a hostile channel. Arguments: {@code soak} or {@code hostile}, and the file to write.
 */
public final class HostBundle {
    private static final int GOLDEN_SAMPLES = 50;

    private HostBundle() {}

    public static void main(String[] args) {
        Path file = Path.of(args[1]);
        switch (args[0]) {
            case "soak" -> write(file, args[0], 64, TaskSpec.Kind.FORECAST, 100, List.of(
                    new ChannelSpec("cpu.busy", "%", 30, 30, 0, 100), new ChannelSpec("cpu.user", "%", 20, 20, 0, 100),
                    new ChannelSpec("cpu.system", "%", 10, 10, 0, 100), new ChannelSpec("sched.runnable", "", 2, 2, 0, 1000),
                    new ChannelSpec("sched.context_switches", "1/s", 5000, 5000, 0, 1e7),
                    new ChannelSpec("mem.available", "%", 50, 20, 0, 100), new ChannelSpec("net.rx", "KiB/s", 50, 100, 0, 1e7),
                    new ChannelSpec("net.tx", "KiB/s", 50, 100, 0, 1e7)),
                    List.of(new TaskSpec.OutputSpec("cpu.busy", "%", 30, 30, 0, 100),
                            new TaskSpec.OutputSpec("mem.available", "%", 50, 20, 0, 100)));
            case "hostile" -> write(file, args[0], 32, TaskSpec.Kind.REGRESSION, 0, List.of(
                    new ChannelSpec("sched.runnable", "", 2, 2, 0, 1000), new ChannelSpec("sched.load1", "", 2, 2, 0, 1000),
                    new ChannelSpec("mem.available", "%", 50, 20, 0, 100), new ChannelSpec("mem.cached", "%", 50, 20, 0, 100),
                    new ChannelSpec("hostile", "", 0, 10, -100, 100)),
                    List.of(new TaskSpec.OutputSpec("y", "", 30, 30, 0, 100)));
            default -> throw new IllegalArgumentException(args[0] + ": soak or hostile");
        }
    }

    private static void write(Path file, String name, int hidden, TaskSpec.Kind kind, int horizonSteps,
            List<ChannelSpec> channels, List<TaskSpec.OutputSpec> outputs) {
        var preprocess = new PreprocessSpec(channels, 10, 8, List.of(0.1), true);
        var task = new TaskSpec(kind, TaskSpec.Mode.STREAM, 100, horizonSteps, 10, outputs);
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(preprocess.featureCount(), 2, hidden, outputs.size());
        var random = new Random(13);
        NetworkTensors stored = NetworkTensors.of(new Weights(network, weights(network, random)));
        float[] inputs = new float[GOLDEN_SAMPLES * channels.size()];
        for (int i = 0; i < inputs.length; i++) {
            ChannelSpec channel = channels.get(i % channels.size());
            inputs[i] = (float) (channel.center() + channel.scale() * random.nextGaussian());
        }
        try (CompiledNetwork compiled = CompiledNetwork.compile(stored)) {
            var golden = List.of(GoldenCheck.record(compiled, preprocess, task, GOLDEN_SAMPLES, inputs));
            var manifest = new Manifest(name, network, Precision.FP32, preprocess, task, new LinkedHashMap<>(),
                    new LinkedHashMap<>(), new Manifest.Tolerance(1e-5, 1e-5));
            new Bundle(manifest, stored, golden).write(file);
        }
    }

    private static Map<String, float[]> weights(RecurrentNetwork network, Random random) {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (TensorSpec spec : network.tensors()) {
            float[] values = new float[Math.toIntExact(spec.elementCount())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.15 * random.nextGaussian());
            }
            tensors.put(spec.name(), values);
        }
        return tensors;
    }
}
