package dev.adze.runtime.backend.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.backend.cuda.GpuDevice;
import dev.adze.runtime.backend.cuda.GpuFigures;
import dev.adze.runtime.backend.cuda.GpuResources;
import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.kernel.KernelChoice;
import dev.adze.runtime.kernel.RandomNetworks;
import dev.adze.runtime.kernel.StepRunner;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * TensorRT's engines on this machine's GPU against the scalar kernel, and their times, as rows of a Markdown page
 * (gpu-check.sh). Exits with 1 if one differs by more than its precision allows; without TensorRT it says so in one line.
 */
final class TensorRtCheck {
    /** Outputs and states are of the order of 1. */
    private static final Map<EnginePrecision, Double> ALLOWED = new EnumMap<>(Map.of(EnginePrecision.FP32, 1e-4,
            EnginePrecision.FP16, 0.01, EnginePrecision.INT8, 0.05, EnginePrecision.FP8, 0.15));

    record Case(String name, RecurrentNetwork network) {}

    private final GpuDevice device;
    private final TensorRtLibrary library;
    private final int window;
    private final int calls;
    private byte[] timings = new byte[0];
    private boolean agree = true;

    TensorRtCheck(GpuDevice device, TensorRtLibrary library, int window, int calls) {
        this.device = device;
        this.library = library;
        this.window = window;
        this.calls = calls;
    }

    public static void main(String[] args) {
        TensorRtMachine machine = TensorRtMachine.here();
        try {
            String obstacle = machine.obstacle() != null ? machine.obstacle()
                    : PackLoader.obstacle(machine.pack(), PackLoader.folders()).orElse(null);
            if (obstacle != null) {
                System.out.println("\n## TensorRT\n\nNot timed: " + obstacle + ".");
                return;
            }
            machine.device().enter();
            TensorRtLibrary library = PackLoader.load(machine.pack(), PackLoader.folders());
            var check = new TensorRtCheck(machine.device(), library, 50, 2000);
            System.out.printf("%n## TensorRT %s, bindings %s%n%n", machine.version(), machine.pack().folder());
            check.page(List.of(new Case("student 2x560", RecurrentNetwork.stackedLstm(32, 2, 560, 1)),
                    new Case("teacher 3x768", RecurrentNetwork.stackedLstm(32, 3, 768, 1)))).forEach(System.out::println);
            System.exit(check.agree ? 0 : 1);
        } catch (AdzeException e) {
            System.out.println("\n## TensorRT\n\nNot timed: " + e.getMessage() + ".");
        }
    }

    /** Whether all that was built was near enough. */
    boolean agree() {
        return agree;
    }

    List<String> page(List<Case> cases) {
        var lines = new ArrayList<String>();
        lines.add("| network | precision | call | difference | p50 [us] | p99 [us] | |");
        lines.add("|---|---|---|---|---|---|---|");
        var ratios = new ArrayList<String>();
        for (Case each : cases) {
            var step = new EnumMap<EnginePrecision, Double>(EnginePrecision.class);
            for (EnginePrecision precision : EnginePrecision.worthTrying(Precision.INT8, device.capability(),
                    library.stronglyTyped())) {
                NetworkTensors tensors = RandomNetworks.tensors(RandomNetworks.weights(each.network, new Random(1)),
                        precision == EnginePrecision.FP32 || precision == EnginePrecision.FP16 ? Precision.FP32 : Precision.INT8);
                step.put(precision, row(each.name, tensors, EngineForm.CELL, precision, lines));
                for (EngineForm form : EngineForm.ofWindow(window)) {
                    row(each.name, tensors, form, precision, lines);
                }
            }
            ratios.add(String.format(Locale.ROOT, "%s, step: fp16 takes 1/%.2f of fp32's time.", each.name,
                    step.get(EnginePrecision.FP32) / step.get(EnginePrecision.FP16)));
        }
        lines.add("");
        lines.addAll(ratios);
        lines.add(agree ? "All agree." : "**They do not all agree.**");
        return lines;
    }

    /** @return median in microseconds; NaN if TensorRT does not build it */
    private double row(String name, NetworkTensors tensors, EngineForm form, EnginePrecision precision, List<String> lines) {
        int steps = form == EngineForm.CELL ? 1 : window;
        String call = form == EngineForm.CELL ? "step" : form.name().toLowerCase(Locale.ROOT) + " window of " + window;
        String what = "| " + name + " | " + precision.name().toLowerCase(Locale.ROOT) + " | " + call + " | ";
        var resources = new GpuResources(device);
        try {
            EngineGraph graph = NetworkGraph.of(tensors, form, steps, precision);
            TensorRtLibrary.Built built = library.build(graph, timings);
            timings = built.timingCache();
            TensorRtLibrary.Engine engine = library.load(built.plan());
            resources.add(engine::close);
            var engineCall = new EngineCall(device, new EngineStore.Loaded(graph, engine), resources, resources.stream());
            double difference = difference(tensors, engineCall, steps);
            agree &= difference <= ALLOWED.get(precision);
            double[] micros = GpuFigures.time(engineCall::run, calls, calls);
            lines.add(what + String.format(Locale.ROOT, "%.2g | %.1f | %.1f | %s |", difference, micros[0], micros[1],
                    engineCall.captured() ? "graph" : "no graph"));
            return micros[0];
        } catch (AdzeException e) {
            lines.add(what + " | | | " + e.getMessage().replace('|', '/') + " |");
            return Double.NaN;
        } finally {
            resources.release();
        }
    }

    /** Over 30 calls one after the other: steps go on from the state before, windows begin at zero. */
    private static double difference(NetworkTensors tensors, EngineCall call, int steps) {
        RecurrentNetwork network = tensors.network();
        var random = new Random(2);
        float[] features = new float[steps * network.inputSize()];
        float[] expected = new float[network.outputSize()];
        float[] actual = new float[network.outputSize()];
        float[] expectedState = new float[network.stateSize()];
        float[] actualState = new float[network.stateSize()];
        double largest = 0;
        try (var scalar = CompiledNetwork.compile(NetworkTensors.of(tensors.toWeights()), KernelChoice.scalar())) {
            StepRunner runner = scalar.newRunner();
            for (int i = 0; i < 30 / steps + 1; i++) {
                for (int k = 0; k < features.length; k++) {
                    features[k] = (float) random.nextGaussian();
                }
                MemorySegment.copy(features, 0, call.features(), JAVA_FLOAT, 0, features.length);
                call.run();
                if (steps == 1) {
                    runner.step(features, 0, expected);
                } else {
                    runner.window(features, network.inputSize(), steps, 0, steps, expected);
                }
                call.output(actual);
                call.state(actualState);
                runner.copyStateTo(expectedState);
                largest = Math.max(largest, Math.max(GpuFigures.largest(expected, actual), GpuFigures.largest(expectedState, actualState)));
            }
        }
        return largest;
    }
}
