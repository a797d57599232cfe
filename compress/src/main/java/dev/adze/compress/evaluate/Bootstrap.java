package dev.adze.compress.evaluate;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * 95 % percentile bootstrap interval (Efron 1979) that resamples blocks of consecutive samples (Künsch 1989), since
 * neighbouring steps of a series are not independent.
 */
public final class Bootstrap {
    private static final int ROUNDS = 1000;

    private Bootstrap() {}

    public record Interval(double low, double high) {}

    /**
     * @param samples   number of samples
     * @param block     samples a block; 1 where samples are independent
     * @param statistic of a choice of sample indices
     */
    public static Interval interval(int samples, int block, long seed, ToDoubleFunction<int[]> statistic) {
        var random = new Random(seed);
        int size = Math.min(block, samples);
        double[] values = new double[ROUNDS];
        int[] choice = new int[samples];
        for (int round = 0; round < ROUNDS; round++) {
            for (int filled = 0; filled < samples; ) {
                int start = random.nextInt(samples - size + 1);
                for (int i = 0; i < size && filled < samples; i++) {
                    choice[filled++] = start + i;
                }
            }
            values[round] = statistic.applyAsDouble(choice);
        }
        Arrays.sort(values);
        return new Interval(values[(int) (0.025 * ROUNDS)], values[(int) (0.975 * ROUNDS) - 1]);
    }
}
