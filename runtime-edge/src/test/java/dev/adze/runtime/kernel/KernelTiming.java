package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Int4;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Times whole steps (all layers, activations, head) beside the time to read as many bytes as the packed weights have.
 * Everything runs interleaved in one process, so that load on the machine hits all alike, each subject {@value #SETTLE}
 * times unmeasured, until its memory has settled in the caches as far as it fits, and then {@value #REPEATS} times
 * measured. The figures that count are ratios.
 *
 * <pre>  java --add-modules jdk.incubator.vector -cp runtime-edge/target/classes:runtime-edge/target/test-classes \
 *       dev.adze.runtime.kernel.KernelTiming [rounds]</pre>
 */
public final class KernelTiming {
    private static final int SETTLE = 6;
    private static final int REPEATS = 3;
    private static final int WARM_UP = 300;
    private static int sink;

    private record Subject(String network, String what, long bytes, Runnable run, double[] micros) {}

    private KernelTiming() {}

    public static void main(String[] args) {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 500;
        try (Arena arena = Arena.ofShared()) {
            List<Subject> subjects = new ArrayList<>();
            add(subjects, "2 x 560, 32 inputs", RecurrentNetwork.stackedLstm(32, 2, 560, 1), rounds, arena);
            add(subjects, "3 x 768, 32 inputs", RecurrentNetwork.stackedLstm(32, 3, 768, 1), rounds, arena);
            for (int i = 0; i < WARM_UP; i++) {
                subjects.forEach(subject -> subject.run().run());
            }
            for (int round = 0; round < rounds; round++) {
                for (Subject subject : subjects) {
                    for (int i = 0; i < SETTLE; i++) {
                        subject.run().run();
                    }
                    long start = System.nanoTime();
                    for (int i = 0; i < REPEATS; i++) {
                        subject.run().run();
                    }
                    subject.micros()[round] = (System.nanoTime() - start) / (1e3 * REPEATS);
                }
            }
            print(subjects);
        }
    }

    private static void add(List<Subject> subjects, String name, RecurrentNetwork network, int rounds, Arena arena) {
        Weights weights = RandomNetworks.weights(network, new Random(1));
        for (Precision precision : RandomNetworks.PRECISIONS) {
            NetworkTensors tensors = RandomNetworks.tensors(weights, precision);
            long bytes = packedBytes(network, precision);
            MemorySegment buffer = arena.allocate(bytes, PackedLayout.ALIGNMENT);
            buffer.fill((byte) 1);
            String label = precision.name().toLowerCase(Locale.ROOT);
            subjects.add(new Subject(name, label + " read", bytes, () -> sink += ReadLimit.read(buffer), new double[rounds]));
            float[] features = new float[network.inputSize()];
            float[] output = new float[network.outputSize()];
            Arrays.fill(features, 0.5f);
            for (KernelChoice kernel : kernels()) {
                StepRunner runner = CompiledNetwork.compile(tensors, kernel).newRunner(); // open until the process ends
                subjects.add(new Subject(name, label + " " + kernel.name(), bytes,
                        () -> runner.step(features, 0, output), new double[rounds]));
            }
        }
    }

    private static List<KernelChoice> kernels() {
        List<KernelChoice> kernels = new ArrayList<>(List.of(KernelChoice.vector()));
        if (!KernelChoice.nativeTiers().isEmpty()) {
            kernels.add(KernelChoice.nativeTier(KernelChoice.nativeTiers().getLast()));
        }
        return kernels;
    }

    private static long packedBytes(RecurrentNetwork network, Precision precision) {
        long bytes = 0;
        for (var layer : network.layers()) {
            if (layer instanceof Lstm lstm) {
                int columns = lstm.inputSize() + lstm.hiddenSize();
                long rowBytes = switch (precision) {
                    case FP32 -> 4L * columns;
                    case FP16 -> 2L * columns;
                    case INT8 -> columns;
                    case INT4 -> (1L + Int4.GROUP / 2) * (Int4.groups(lstm.inputSize()) + Int4.groups(lstm.hiddenSize()));
                };
                bytes += PackedLayout.blocks(lstm.hiddenSize()) * PackedLayout.ROWS * rowBytes;
            }
        }
        return bytes;
    }

    private static void print(List<Subject> subjects) {
        System.out.printf("%s, JDK %s%n%n", System.getProperty("os.arch"), Runtime.version());
        System.out.println("| network | | MB | fastest µs | median µs | step / read, median of rounds | of fastest |");
        System.out.println("|---|---|---|---|---|---|---|");
        double[] read = {};
        for (Subject subject : subjects) {
            double median = median(subject.micros());
            String ratio = "| ";
            if (subject.what().endsWith("read")) {
                read = subject.micros();
            } else {
                double[] ratios = new double[read.length];
                for (int r = 0; r < ratios.length; r++) {
                    ratios[r] = subject.micros()[r] / read[r];
                }
                ratio = String.format("%.2f | %.2f", median(ratios), fastest(subject.micros()) / fastest(read));
            }
            System.out.printf("| %s | %s | %.2f | %.1f | %.1f | %s |%n", subject.network(), subject.what(),
                    subject.bytes() / 1e6, fastest(subject.micros()), median, ratio);
        }
        if (sink == 42) {
            System.out.println();
        }
    }

    private static double fastest(double[] values) {
        return Arrays.stream(values).min().getAsDouble();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
