package dev.adze.runtime.kernel;

import dev.adze.runtime.model.NetworkTensors;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What a second thread is worth: one network with one thread and with two, in turn, round by round. Low percentiles show
 * what it is worth while its processor is free, high ones what it costs while others use it.
 *
 * <pre>
 *   ThreadTiming [rounds [layers hiddenSize]]      default: 2000 2 560; 32 inputs
 * </pre>
 */
public final class ThreadTiming {
    private static final int INPUTS = 32;
    private static final int STEPS_A_ROUND = 8;
    private static final double[] PERCENTILES = {0.01, 0.1, 0.25, 0.5, 0.75, 0.99};

    private ThreadTiming() {}

    public static void main(String[] args) {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
        int layers = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        int hidden = args.length > 2 ? Integer.parseInt(args[2]) : 560;
        Weights weights = RandomNetworks.weights(RecurrentNetwork.stackedLstm(INPUTS, layers, hidden, 1), new Random(1));
        for (NetworkTensors tensors : List.of(NetworkTensors.of(weights), RandomNetworks.quantize(weights))) {
            measure(tensors, rounds);
        }
    }

    private static void measure(NetworkTensors tensors, int rounds) {
        try (var one = CompiledNetwork.compile(tensors, KernelChoice.best(), Threads.one());
                var two = CompiledNetwork.compile(tensors, KernelChoice.best(), Threads.exactly(2));
                var measured = CompiledNetwork.compile(tensors, KernelChoice.best(), Threads.upTo(2))) {
            System.out.println(tensors.precision() + ", chosen at loading: " + measured.threads());
            StepRunner[] runners = {one.newRunner(), two.newRunner()};
            double[][] micros = new double[runners.length][rounds * STEPS_A_ROUND];
            for (int round = -rounds; round < rounds; round++) {
                for (int k = 0; k < runners.length; k++) {
                    round(runners[k], micros[k], Math.max(round, 0) * STEPS_A_ROUND);
                }
            }
            for (int k = 0; k < runners.length; k++) {
                report(k + 1, micros[k]);
            }
        }
    }

    private static void round(StepRunner runner, double[] micros, int from) {
        float[] features = new float[INPUTS];
        float[] output = new float[1];
        runner.step(features, 0, output);
        for (int i = 0; i < STEPS_A_ROUND; i++) {
            long start = System.nanoTime();
            runner.step(features, 0, output);
            micros[from + i] = (System.nanoTime() - start) * 1e-3;
        }
    }

    private static void report(int threads, double[] micros) {
        Arrays.sort(micros);
        var line = new StringBuilder("  " + threads + (threads == 1 ? " thread: " : " threads:"));
        for (double p : PERCENTILES) {
            line.append(String.format(Locale.ROOT, "  p%.0f %.1f", 100 * p, micros[(int) (p * (micros.length - 1))]));
        }
        System.out.println(line + " us");
    }
}
