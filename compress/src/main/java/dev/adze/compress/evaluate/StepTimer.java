package dev.adze.compress.evaluate;

import dev.adze.runtime.kernel.CompiledNetwork;
import dev.adze.runtime.session.Session;
import java.util.Arrays;
import java.util.Random;

/**
 * Times single streaming steps of the network, batch 1, one thread, on this machine as busy as it is; of a network that
 * cannot be streamed, whole windows.
 */
public final class StepTimer {
    private static final long WARM_UP_NANOS = 200_000_000L;
    private static final long MEASURE_NANOS = 500_000_000L;
    private static final int MIN_SAMPLES = 1_000;
    private static final int MIN_WINDOWS = 20;
    private static final int MAX_SAMPLES = 50_000;

    private StepTimer() {}

    /** @param p99Micros meaningful from 1,000 samples on, which are always taken of streaming steps */
    public record Latency(double p50Micros, double p99Micros, int samples, String kernel) {}

    /** Inputs are seeded Gaussian noise: an LSTM step costs the same whatever the values. */
    public static Latency measure(CompiledNetwork network, int windowSteps) {
        boolean streams = network.network().causal();
        int least = streams ? MIN_SAMPLES : MIN_WINDOWS;
        var random = new Random(1);
        float[][] inputs = new float[streams ? 64 : 2][network.network().inputSize() * (streams ? 1 : windowSteps)];
        for (float[] input : inputs) {
            for (int i = 0; i < input.length; i++) {
                input[i] = (float) random.nextGaussian();
            }
        }
        float[] output = new float[network.network().outputSize()];
        long[] nanos = new long[MAX_SAMPLES];
        int samples = 0;
        try (var session = new Session(network)) {
            long begin = System.nanoTime();
            for (int i = 0; i < least || System.nanoTime() - begin < WARM_UP_NANOS; i++) {
                run(session, inputs[i % inputs.length], windowSteps, output);
            }
            begin = System.nanoTime();
            while (samples < least || samples < MAX_SAMPLES && System.nanoTime() - begin < MEASURE_NANOS) {
                long start = System.nanoTime();
                run(session, inputs[samples % inputs.length], windowSteps, output);
                nanos[samples++] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos, 0, samples);
        return new Latency(nanos[samples / 2] / 1e3, nanos[(int) (samples * 0.99)] / 1e3, samples, network.kernel().name());
    }

    private static void run(Session session, float[] input, int windowSteps, float[] output) {
        if (session.network().network().causal()) {
            session.infer(input, output);
        } else {
            session.inferWindow(input, windowSteps, output);
        }
    }
}
