import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.session.GoldenCheck;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Writes a bundle in fp32, fp16 and int8 that forecasts the board's voltage and temperature, with random weights. The
 * golden outputs are those of the scalar kernel on this machine, with tolerance 0: another machine has to give the same
 * bits. One more, {@code tolerant.adze}, is for engines that add in another order.
 */
public final class RigBundle {
    private static final int STEPS = 12;

    private RigBundle() {}

    public static void main(String[] args) {
        var channels = List.of(
                new ChannelSpec("rail.ch1.voltage", "V", 5, 1, 0, 30), new ChannelSpec("rail.ch1.current", "A", 1, 1, -10, 10),
                new ChannelSpec("case.temperature", "degC", 30, 5, -55, 125), new ChannelSpec("door.button", "", 0.5, 0.5, 0, 1),
                new ChannelSpec("hwmon.ina3221.cpu.voltage", "V", 12, 1, 0, 30), new ChannelSpec("thermal.cpu-therm", "degC", 40, 10, -55, 125));
        var preprocess = new PreprocessSpec(channels, 4, 8, List.of(0.25), true);
        var task = new TaskSpec(TaskSpec.Kind.FORECAST, TaskSpec.Mode.STREAM, 20, 60, 500, List.of(
                new TaskSpec.OutputSpec("rail.ch1.voltage", "V", 5, 1, 0, 30),
                new TaskSpec.OutputSpec("case.temperature", "degC", 30, 5, -55, 125)));
        write(Path.of(args[0], "tolerant.adze"), Precision.FP32, preprocess, task, new Manifest.Tolerance(1e-5, 1e-5));
        for (Precision precision : List.of(Precision.FP32, Precision.FP16, Precision.INT8)) {
            write(Path.of(args[0], precision.name().toLowerCase(Locale.ROOT) + ".adze"), precision, preprocess, task,
                    new Manifest.Tolerance(0, 0));
        }
    }

    private static void write(Path file, Precision precision, PreprocessSpec preprocess, TaskSpec task,
            Manifest.Tolerance tolerance) {
        RecurrentNetwork network = RecurrentNetwork.stackedLstm(preprocess.featureCount(), 2, 24, 2);
        var random = new Random(7);
        var tensors = new LinkedHashMap<String, Tensor>();
        NetworkTensors.layout(network, precision).forEach((name, slot) -> {
            int count = slot.shape().stream().reduce(1, Math::multiplyExact);
            float[] values = new float[count];
            byte[] bytes = new byte[count];
            for (int i = 0; i < count; i++) {
                values[i] = name.endsWith(".scale") ? 0.3f / 127 * (1 + random.nextFloat()) : (float) (0.3 * random.nextGaussian());
                bytes[i] = (byte) Math.clamp(Math.round(40 * random.nextGaussian()), -127, 127);
            }
            tensors.put(name, switch (slot.type()) {
                case F32 -> Tensor.of(slot.shape(), values);
                case F16 -> Tensor.half(slot.shape(), values);
                case I8 -> Tensor.of(slot.shape(), bytes);
                default -> throw new IllegalStateException(slot.type() + " is in none of these precisions");
            });
        });
        var stored = new NetworkTensors(network, precision, tensors);
        int channels = preprocess.channels().size();
        float[] inputs = new float[STEPS * channels];
        for (int i = 0; i < inputs.length; i++) {
            ChannelSpec channel = preprocess.channels().get(i % channels);
            inputs[i] = i % 11 == 5 ? Float.NaN : (float) (channel.center() + channel.scale() * random.nextGaussian());
        }
        try (CompiledNetwork compiled = CompiledNetwork.compile(stored, KernelChoice.scalar())) {
            var golden = List.of(GoldenCheck.record(compiled, preprocess, task, STEPS, inputs));
            var manifest = new Manifest("board-rig", network, precision, preprocess, task, new LinkedHashMap<>(),
                    new LinkedHashMap<>(), tolerance);
            new Bundle(manifest, stored, golden).write(file);
        }
    }
}
