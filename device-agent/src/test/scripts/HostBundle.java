import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.calibrate.RandomTensors;
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
 * Writes a bundle with random weights that takes figures of any Linux host: every 10 ms for the soak and the footprint of a
 * {@code small} int8 model eight of them, for the hostile sensors four and a hostile channel; every 250 ms eight for a
 * {@code large} int8 model of 3.8 million weights and windows of 30 steps; every 10 ms two figures, a chip and a thermal zone for
 * the systemd {@code service}. Arguments: {@code soak}, {@code hostile}, {@code small}, {@code large} or {@code service}, and the file
 * to write.
 */
public final class HostBundle {
    private static final int GOLDEN_SAMPLES = 50;
    private static final List<ChannelSpec> EIGHT = List.of(
            new ChannelSpec("cpu.busy", "%", 30, 30, 0, 100), new ChannelSpec("cpu.user", "%", 20, 20, 0, 100),
            new ChannelSpec("cpu.system", "%", 10, 10, 0, 100), new ChannelSpec("sched.runnable", "", 2, 2, 0, 1000),
            new ChannelSpec("sched.context_switches", "1/s", 5000, 5000, 0, 1e7),
            new ChannelSpec("mem.available", "%", 50, 20, 0, 100), new ChannelSpec("net.rx", "KiB/s", 50, 100, 0, 1e7),
            new ChannelSpec("net.tx", "KiB/s", 50, 100, 0, 1e7));
    private static final List<TaskSpec.OutputSpec> OUTPUTS = List.of(new TaskSpec.OutputSpec("cpu.busy", "%", 30, 30, 0, 100),
            new TaskSpec.OutputSpec("mem.available", "%", 50, 20, 0, 100));
    private static final List<TaskSpec.OutputSpec> HOSTILE = List.of(new TaskSpec.OutputSpec("y", "", 30, 30, 0, 100));
    private static final TaskSpec FORECAST = new TaskSpec(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 100, 100, 10, OUTPUTS);

    private HostBundle() {}

    public static void main(String[] args) {
        Path file = Path.of(args[1]);
        switch (args[0]) {
            case "soak" -> write(file, args[0], Precision.FP32, 64, FORECAST, EIGHT, OUTPUTS);
            case "small" -> write(file, args[0], Precision.INT8, 48, FORECAST, EIGHT, OUTPUTS);
            case "large" -> write(file, args[0], Precision.INT8, 560, new TaskSpec(TaskSpec.Kind.FORECAST, TaskSpec.Mode.WINDOW,
                    30, 30, 250, OUTPUTS), EIGHT, OUTPUTS);
            case "hostile" -> write(file, args[0], Precision.FP32, 32, new TaskSpec(TaskSpec.Kind.REGRESSION,
                    TaskSpec.Mode.STREAM, 100, 0, 10, HOSTILE), List.of(
                    new ChannelSpec("sched.runnable", "", 2, 2, 0, 1000), new ChannelSpec("sched.load1", "", 2, 2, 0, 1000),
                    new ChannelSpec("mem.available", "%", 50, 20, 0, 100), new ChannelSpec("mem.cached", "%", 50, 20, 0, 100),
                    new ChannelSpec("hostile", "", 0, 10, -100, 100)), HOSTILE);
            case "service" -> write(file, args[0], Precision.INT8, 48, FORECAST, List.of(EIGHT.get(0), EIGHT.get(5),
                    new ChannelSpec("hwmon.lm75.temp1", "degC", 25, 5, -55, 125),
                    new ChannelSpec("thermal.cpu-therm", "degC", 40, 10, -55, 125)), OUTPUTS);
            default -> throw new IllegalArgumentException(args[0] + ": soak, hostile, small, large or service");
        }
    }

    private static void write(Path file, String name, Precision precision, int hidden, TaskSpec task, List<ChannelSpec> channels,
            List<TaskSpec.OutputSpec> outputs) {
        var preprocess = new PreprocessSpec(channels, 10, 8, List.of(0.1), true);
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(preprocess.featureCount(), 2, hidden, outputs.size());
        var random = new Random(13);
        NetworkTensors stored = precision == Precision.INT8 ? RandomTensors.of(network, precision)
                : NetworkTensors.of(new Weights(network, weights(network, random)));
        float[] inputs = new float[GOLDEN_SAMPLES * channels.size()];
        for (int i = 0; i < inputs.length; i++) {
            ChannelSpec channel = channels.get(i % channels.size());
            inputs[i] = (float) (channel.center() + channel.scale() * random.nextGaussian());
        }
        try (CompiledNetwork compiled = CompiledNetwork.compile(stored)) {
            var golden = List.of(GoldenCheck.record(compiled, preprocess, task, GOLDEN_SAMPLES, inputs));
            var manifest = new Manifest(name, network, precision, preprocess, task, new LinkedHashMap<>(),
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
