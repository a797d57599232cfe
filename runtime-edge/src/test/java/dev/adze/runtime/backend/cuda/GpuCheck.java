package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The cuda backend on this machine's GPU against the scalar kernel, and its times, as a Markdown page (gpu-check.sh). Exits
 * with 1 if they differ by more than {@value #TOLERANCE} (int8: by a bit), with 8 if there is no GPU.
 */
final class GpuCheck {
    private static final double TOLERANCE = 1e-5;
    private static final int WINDOW = 50;
    private static final int CALLS = 2000;

    private record Case(String name, RecurrentNetwork network) {}

    private GpuCheck() {}

    public static void main(String[] args) {
        CudaEngine engine = CudaEngine.here();
        if (engine.obstacle() != null) {
            System.err.println("adze: error: the cuda backend cannot be checked here: " + engine.obstacle());
            System.exit(8);
        }
        System.out.printf(Locale.ROOT, "# LSTM engines on %s%n%n## Adze's CUDA kernel%n%n%s, sm_%d, %d processors, %s, Java %s.%n%n",
                engine.gpu().name(), LocalDate.now(), engine.gpu().capability(), engine.gpu().processors(), engine.version(),
                Runtime.version());
        System.out.println("Largest difference from the scalar kernel over 30 steps and a window of " + WINDOW + ", state and"
                + " outputs;\ntimes of " + CALLS + " calls from features in Java to outputs in Java.\n");
        System.out.println("| network | weights | difference | call | p50 [us] | p99 [us] | |\n|---|---|---|---|---|---|---|");
        boolean agree = true;
        for (Case each : List.of(new Case("student 2x560", RecurrentNetwork.stackedLstm(32, 2, 560, 1)),
                new Case("teacher 3x1024", RecurrentNetwork.stackedLstm(32, 3, 1024, 1)))) {
            for (Precision precision : List.of(Precision.FP32, Precision.FP16, Precision.INT8)) {
                agree &= check(engine, each, precision);
            }
        }
        System.out.println(agree ? "\nAll agree." : "\n**They do not all agree.**");
        System.exit(agree ? 0 : 1);
    }

    private static boolean check(CudaEngine engine, Case network, Precision precision) {
        NetworkTensors tensors = RandomNetworks.tensors(RandomNetworks.weights(network.network, new Random(1)), precision);
        CudaProgram program = CudaProgram.load(engine, tensors);
        try {
            CudaRunner runner = program.newRunner();
            double difference = difference(tensors, runner);
            boolean agrees = difference <= (precision == Precision.INT8 ? 0 : TOLERANCE);
            int inputs = network.network.inputSize();
            float[] window = features(WINDOW * inputs, 3);
            float[] output = new float[network.network.outputSize()];
            print(network.name, precision, difference, "step", GpuFigures.time(() -> runner.step(window, 0, output), 2000, CALLS),
                    (runner.captured() ? "graph; " : "no graph; ") + program.plan.describe()
                            + (program.driver.localBytes(program.kernel) > 0 ? "; registers spill" : ""));
            print(network.name, precision, difference, "window of " + WINDOW,
                    GpuFigures.time(() -> runner.window(window, inputs, WINDOW, 0, WINDOW, output), 2000, CALLS), "");
            return agrees;
        } finally {
            program.close();
        }
    }

    private static void print(String name, Precision precision, double difference, String call, double[] micros, String note) {
        System.out.printf(Locale.ROOT, "| %s | %s | %.2g | %s | %.1f | %.1f | %s |%n", name,
                precision.name().toLowerCase(Locale.ROOT), difference, call, micros[0], micros[1], note);
    }

    private static float[] features(int count, long seed) {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double difference(NetworkTensors tensors, StepRunner actual) {
        int inputs = tensors.network().inputSize();
        float[] features = features(WINDOW * inputs, 2);
        float[] e = new float[tensors.network().outputSize()];
        float[] a = new float[e.length];
        double largest = 0;
        try (var scalar = CompiledNetwork.compile(tensors, KernelChoice.scalar())) {
            StepRunner expected = scalar.newRunner();
            for (int t = 0; t < 30; t++) {
                expected.step(features, t * inputs, e);
                actual.step(features, t * inputs, a);
                largest = Math.max(largest, Math.max(GpuFigures.largest(e, a), states(expected, actual, tensors)));
            }
            expected.window(features, inputs, WINDOW, 7, WINDOW, e);
            actual.window(features, inputs, WINDOW, 7, WINDOW, a);
            return Math.max(largest, Math.max(GpuFigures.largest(e, a), states(expected, actual, tensors)));
        }
    }

    private static double states(StepRunner expected, StepRunner actual, NetworkTensors tensors) {
        float[] e = new float[tensors.network().stateSize()];
        float[] a = new float[e.length];
        expected.copyStateTo(e);
        actual.copyStateTo(a);
        return GpuFigures.largest(e, a);
    }
}
