package dev.adze.runtime.kernel;

import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Tensor;
import dev.adze.runtime.model.WeightBlocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * From which layer size on leaving products out pays: steps of random int8 networks of two layers, each with and without
 * {@link Skipping}, in turn, over inputs that wander slowly.
 *
 * <pre>
 *   SkippingTiming rounds units ...
 * </pre>
 */
public final class SkippingTiming {
    private static final int INPUTS = 16;
    private static final int ROWS = 400;

    private record Subject(StepRunner runner, double[] micros) {}

    private SkippingTiming() {}

    public static void main(String[] args) {
        int rounds = Integer.parseInt(args[0]);
        float[] features = features(new Random(2));
        System.out.printf("%s, JDK %s%n", KernelChoice.best().name(), Runtime.version());
        System.out.println("| units | | skipped | never, fastest us | always | ratio, median of rounds |");
        System.out.println("|---|---|---|---|---|---|");
        for (int i = 1; i < args.length; i++) {
            int units = Integer.parseInt(args[i]);
            for (double share : new double[] {0.1, 0.3, 0.5, 0.7}) {
                compare(units, "zero blocks " + share, sparse(units, share), features, rounds);
            }
            for (int hold : new int[] {1, 2, 4, 8, 16}) {
                compare(units, "hold " + hold, dense(units, hold), features, rounds);
            }
        }
    }

    private static void compare(int units, String what, NetworkTensors tensors, float[] features, int rounds) {
        List<CompiledNetwork> networks = new ArrayList<>();
        List<Subject> subjects = new ArrayList<>();
        for (Skipping skipping : List.of(Skipping.NEVER, Skipping.ALWAYS)) {
            networks.add(CompiledNetwork.compile(tensors, KernelChoice.best().with(skipping)));
            subjects.add(new Subject(networks.getLast().newRunner(), new double[rounds]));
        }
        for (int round = -rounds / 4; round < rounds; round++) {
            for (Subject subject : subjects) {
                subject.runner().reset();
                double micros = run(subject.runner(), features);
                if (round >= 0) {
                    subject.micros()[round] = micros;
                }
            }
        }
        double skipped = (double) subjects.getLast().runner().skippedMultiplyAccumulates()
                / (ROWS * tensors.network().multiplyAccumulates());
        double[] ratios = new double[rounds];
        for (int r = 0; r < rounds; r++) {
            ratios[r] = subjects.getLast().micros()[r] / subjects.getFirst().micros()[r];
        }
        Arrays.sort(ratios);
        System.out.printf(Locale.ROOT, "| %d | %s | %.1f %% | %.2f | %.2f | %.2f |%n", units, what, 100 * skipped,
                Arrays.stream(subjects.getFirst().micros()).min().orElseThrow(),
                Arrays.stream(subjects.getLast().micros()).min().orElseThrow(), ratios[rounds / 2]);
        networks.forEach(CompiledNetwork::close);
    }

    /** @return microseconds a step */
    private static double run(StepRunner runner, float[] features) {
        float[] output = new float[1];
        long start = System.nanoTime();
        for (int t = 0; t < ROWS; t++) {
            runner.step(features, t * INPUTS, output);
        }
        return (System.nanoTime() - start) * 1e-3 / ROWS;
    }

    private static float[] features(Random random) {
        float[] features = new float[ROWS * INPUTS];
        for (int i = INPUTS; i < features.length; i++) {
            features[i] = 0.99f * features[i - INPUTS] + 0.05f * (float) random.nextGaussian();
        }
        return features;
    }

    private static NetworkTensors dense(int units, int hold) {
        var network = new RecurrentNetwork(INPUTS, List.of(new Lstm(INPUTS, units, hold), new Lstm(units, units, hold),
                new Dense(units, 1, Dense.Activation.IDENTITY)));
        return RandomNetworks.tensors(RandomNetworks.weights(network, new Random(units)), Precision.INT8);
    }

    private static NetworkTensors sparse(int units, double share) {
        NetworkTensors whole = dense(units, 0);
        var tensors = new LinkedHashMap<>(whole.tensors());
        Random random = new Random(5);
        for (int layer = 0; layer < 2; layer++) {
            for (String name : List.of("weight_ih", "weight_hh")) {
                Tensor tensor = whole.get(layer, name);
                byte[] values = tensor.toBytes();
                var blocks = new WeightBlocks(units, tensor.shape().getLast());
                for (int block = 0; block < blocks.count(); block++) {
                    int row = blocks.firstRow(block / blocks.groups());
                    int group = block % blocks.groups();
                    boolean zero = random.nextDouble() < share;
                    for (int r = 0; zero && r < blocks.rowsOf(block / blocks.groups()); r++) {
                        int at = (row + r) * blocks.columns() + group * WeightBlocks.COLUMNS;
                        Arrays.fill(values, at, at + blocks.columnsOf(group), (byte) 0);
                    }
                }
                tensors.put(RecurrentNetwork.tensorName(layer, name), Tensor.of(tensor.shape(), values));
            }
        }
        return new NetworkTensors(whole.network(), Precision.INT8, tensors);
    }
}
