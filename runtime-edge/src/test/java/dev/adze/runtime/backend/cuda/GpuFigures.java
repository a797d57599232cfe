package dev.adze.runtime.backend.cuda;

import java.util.Arrays;

/** What the checks on a GPU print about a call. */
public final class GpuFigures {
    private GpuFigures() {}

    /** The largest difference of two results; infinite if one has a NaN. */
    public static double largest(float[] expected, float[] actual) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) expected[i] - actual[i]);
            largest = Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
        }
        return largest;
    }

    /** Median and 99th percentile in microseconds, after {@code warmUps} calls that do not count. */
    public static double[] time(Runnable call, int warmUps, int calls) {
        for (int i = 0; i < warmUps; i++) {
            call.run();
        }
        double[] micros = new double[calls];
        for (int i = 0; i < calls; i++) {
            long start = System.nanoTime();
            call.run();
            micros[i] = (System.nanoTime() - start) / 1e3;
        }
        Arrays.sort(micros);
        return new double[] {micros[calls / 2], micros[(int) (0.99 * calls)]};
    }
}
