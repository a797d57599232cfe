package dev.adze.runtime.session;

import dev.adze.runtime.bundle.Bundle;
import dev.adze.runtime.bundle.GoldenCase;
import dev.adze.runtime.bundle.Manifest;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How long it takes from a bundle's path to its first result, checks and golden vectors included, in a JVM that has done
 * it before: 2 x 560 units, 32 inputs, two golden cases of 64 steps.
 *
 * <pre>
 *   OpenTiming [rounds]
 * </pre>
 */
public final class OpenTiming {
    private static final int CHANNELS = 32;
    private static final int WARM_UP = 10;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private OpenTiming() {}

    public static void main(String[] args) throws IOException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 30;
        Path folder = Files.createTempDirectory("open-timing");
        List<KernelChoice> kernels = new ArrayList<>(List.of(KernelChoice.vector()));
        KernelChoice.nativeTiers().reversed().stream().limit(1).map(KernelChoice::nativeTier).forEach(kernels::add);
        for (Precision precision : RandomNetworks.PRECISIONS) {
            Path file = folder.resolve(precision + ".adze");
            bundle(precision).write(file);
            for (KernelChoice kernel : kernels) {
                double[] millis = new double[rounds];
                double[] cpuMillis = new double[rounds];
                for (int round = -WARM_UP; round < rounds; round++) {
                    long cpu = THREADS.getCurrentThreadCpuTime();
                    long start = System.nanoTime();
                    open(file, kernel);
                    millis[Math.max(round, 0)] = (System.nanoTime() - start) * 1e-6;
                    cpuMillis[Math.max(round, 0)] = (THREADS.getCurrentThreadCpuTime() - cpu) * 1e-6;
                }
                Arrays.sort(millis);
                Arrays.sort(cpuMillis);
                System.out.printf(Locale.ROOT, "%s %-20s fastest %6.1f  median %6.1f  slowest %6.1f ms, of the processor %6.1f%n",
                        precision.name().toLowerCase(Locale.ROOT), kernel.name(), millis[0], millis[rounds / 2], millis[rounds - 1], cpuMillis[rounds / 2]);
            }
            Files.delete(file);
        }
        Files.delete(folder);
    }

    private static void open(Path file, KernelChoice kernel) {
        try (EdgeModel model = EdgeModel.open(file, kernel); ModelSession session = model.newModelSession()) {
            session.preprocess(new float[CHANNELS]);
            session.infer(new float[1]);
        }
    }

    private static Bundle bundle(Precision precision) {
        Random random = new Random(1);
        var network = RecurrentNetwork.stackedLstm(CHANNELS, 2, 560, 1);
        var channels = new ArrayList<ChannelSpec>();
        for (int i = 0; i < CHANNELS; i++) {
            channels.add(new ChannelSpec("c" + i, "", 0, 1, -5, 5));
        }
        var preprocess = new PreprocessSpec(channels, 0, Double.POSITIVE_INFINITY, List.of(), false);
        var task = new TaskSpec(TaskSpec.Kind.REGRESSION, TaskSpec.Mode.STREAM, 50, 0, 0,
                List.of(new TaskSpec.OutputSpec("y", "", 0, 1, -10, 10)));
        NetworkTensors tensors = RandomNetworks.tensors(RandomNetworks.weights(network, random), precision);
        var manifest = new Manifest("timing", network, precision, preprocess, task, new LinkedHashMap<>(),
                new LinkedHashMap<>(), new Manifest.Tolerance(1e-4, 1e-3));
        List<GoldenCase> golden = new ArrayList<>();
        try (var compiled = CompiledNetwork.compile(tensors)) {
            for (int i = 0; i < 2; i++) {
                float[] inputs = new float[64 * CHANNELS];
                for (int k = 0; k < inputs.length; k++) {
                    inputs[k] = (float) random.nextGaussian();
                }
                golden.add(GoldenCheck.record(compiled, preprocess, task, 64, inputs));
            }
        }
        return new Bundle(manifest, tensors, golden);
    }
}
