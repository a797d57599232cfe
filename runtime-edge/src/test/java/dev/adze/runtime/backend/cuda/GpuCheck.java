package dev.adze.runtime.backend.cuda;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The cuda backend on this machine's GPU against the scalar kernel, and its times, as a Markdown page (gpu-check.sh). Exits
 * with 1 if they differ by more than {@value #TOLERANCE} (int8: by a bit), with 8 if there is no GPU.
 */
final class GpuCheck {
    private static final double TOLERANCE = 1e-5;

    record Case(String name, RecurrentNetwork network) {}

    private final CudaEngine engine;
    private final int window;
    private final int calls;
    private boolean agree = true;

    /** @param calls timed, after as many to warm up */
    GpuCheck(CudaEngine engine, int window, int calls) {
        this.engine = engine;
        this.window = window;
        this.calls = calls;
    }

    public static void main(String[] args) {
        CudaEngine engine = CudaEngine.here();
        if (engine.obstacle() != null) {
            System.err.println("adze: error: the cuda backend cannot be checked here: " + engine.obstacle());
            System.exit(8);
        }
        System.out.printf(Locale.ROOT, "# LSTM engines on %s%n%n## Adze's CUDA kernel%n%n%s, sm_%d, %d processors, %s, Java %s.%n%n",
                engine.gpu().name(), LocalDate.now(), engine.gpu().capability(), engine.gpu().processors(), engine.version(),
                Runtime.version());
        var check = new GpuCheck(engine, 50, 2000);
        check.page(List.of(new Case("student 2x560", RecurrentNetwork.stackedLstm(32, 2, 560, 1)),
                new Case("teacher 3x768", RecurrentNetwork.stackedLstm(32, 3, 768, 1)))).forEach(System.out::println);
        System.exit(check.agree ? 0 : 1);
    }

    /** Whether all that was run was near enough. */
    boolean agree() {
        return agree;
    }

    List<String> page(List<Case> cases) {
        var lines = new ArrayList<String>();
        lines.add("Largest difference from the scalar kernel over 30 steps and a window of " + window + ", state and outputs;");
        lines.add("times of " + calls + " calls from features in Java to outputs in Java.");
        lines.add("");
        lines.add("| network | weights | difference | call | p50 [us] | p99 [us] | |");
        lines.add("|---|---|---|---|---|---|---|");
        for (Case each : cases) {
            for (Precision precision : List.of(Precision.FP32, Precision.FP16, Precision.INT8)) {
                rows(each, precision, lines);
            }
        }
        lines.add("");
        lines.add(agree ? "All agree." : "**They do not all agree.**");
        return lines;
    }

    private void rows(Case network, Precision precision, List<String> lines) {
        NetworkTensors tensors = RandomNetworks.tensors(RandomNetworks.weights(network.network, new Random(1)), precision);
        CudaProgram program = CudaProgram.load(engine, tensors);
        try {
            CudaRunner runner = program.newRunner();
            double difference = difference(tensors, runner);
            agree &= difference <= (precision == Precision.INT8 ? 0 : TOLERANCE);
            int inputs = network.network.inputSize();
            float[] values = features(window * inputs, 3);
            float[] output = new float[network.network.outputSize()];
            lines.add(row(network.name, precision, difference, "step",
                    GpuFigures.time(() -> runner.step(values, 0, output), calls, calls),
                    (runner.captured() ? "graph; " : "no graph; ") + program.plan.describe()
                            + (program.driver.localBytes(program.kernel) > 0 ? "; registers spill" : "")));
            lines.add(row(network.name, precision, difference, "window of " + window,
                    GpuFigures.time(() -> runner.window(values, inputs, window, 0, window, output), calls, calls), ""));
        } finally {
            program.close();
        }
    }

    private static String row(String name, Precision precision, double difference, String call, double[] micros, String note) {
        return String.format(Locale.ROOT, "| %s | %s | %.2g | %s | %.1f | %.1f | %s |", name,
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

    private double difference(NetworkTensors tensors, StepRunner actual) {
        int inputs = tensors.network().inputSize();
        float[] features = features(Math.max(30, window) * inputs, 2);
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
            expected.window(features, inputs, window, 7 % window, window, e);
            actual.window(features, inputs, window, 7 % window, window, a);
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
