package dev.adze.runtime.kernel;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Times windows as one and step by step, and batches, interleaved: {@code WindowTiming [rounds] [steps]}. What a window
 * gains over its steps is the reading of the input weights.
 */
final class WindowTiming {
    private record Subject(String name, Runnable run, double share) {}

    private WindowTiming() {}

    public static void main(String[] args) {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
        int steps = args.length > 1 ? Integer.parseInt(args[1]) : 50;
        for (RecurrentNetwork network : new RecurrentNetwork[] {
            RecurrentNetwork.stackedLstm(32, 2, 560, 1), RecurrentNetwork.stackedLstm(32, 3, 768, 1)}) {
            System.out.println(network.layers().size() - 1 + " x " + network.layers().getFirst().outputSize() + ", " + steps
                    + " steps, kernel " + KernelChoice.best().name());
            Weights weights = RandomNetworks.weights(network, new Random(1));
            for (var precision : RandomNetworks.PRECISIONS) {
                time(RandomNetworks.tensors(weights, precision), steps, rounds);
            }
        }
    }

    private static void time(NetworkTensors tensors, int steps, int rounds) {
        int batch = 6;
        int inputs = tensors.network().inputSize();
        float[] features = new float[batch * steps * inputs];
        Random random = new Random(2);
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        float[] outputs = new float[batch];
        try (var network = CompiledNetwork.compile(tensors)) {
            StepRunner runner = network.newRunner();
            StepRunner batches = network.newRunner();
            Subject[] subjects = {
                new Subject("step by step", () -> {
                    runner.reset();
                    for (int t = 0; t < steps; t++) {
                        runner.step(features, t * inputs, outputs);
                    }
                }, 1),
                new Subject("window", () -> runner.window(features, inputs, steps, 0, steps, outputs), 1),
                new Subject("of " + batch + " windows", () -> batches.windows(features, inputs, steps, batch, outputs, 1), batch)};
            double[][] micros = new double[subjects.length][rounds];
            for (int round = -5; round < rounds; round++) {
                for (int i = 0; i < subjects.length; i++) {
                    long begin = System.nanoTime();
                    subjects[i].run.run();
                    if (round >= 0) {
                        micros[i][round] = (System.nanoTime() - begin) / 1e3 / subjects[i].share;
                    }
                }
            }
            for (int i = 0; i < subjects.length; i++) {
                Arrays.sort(micros[i]);
                System.out.printf(Locale.ROOT, "  %s %-14s fastest %8.1f us, median %8.1f us, fastest over steps %.2f%n",
                        tensors.precision(), subjects[i].name, micros[i][0], micros[i][rounds / 2], micros[0][0] / micros[i][0]);
            }
        }
    }
}
