package dev.adze.compress.advise;

import java.util.Arrays;

/**
 * A channel in bins of about equal frequency, for estimating information.
 *
 * @param bins  of every row; -1 where the value is missing
 * @param count of bins; fewer than asked for where few values occur
 */
record Binned(byte[] bins, int count) {
    static Binned of(float[] values, int wanted) {
        float[] sorted = new float[values.length];
        int valid = 0;
        for (float value : values) {
            if (!Float.isNaN(value)) {
                sorted[valid++] = value;
            }
        }
        Arrays.sort(sorted, 0, valid);
        float[] upper = new float[wanted - 1];
        int edges = 0;
        for (int b = 1; b < wanted && valid > 0; b++) {
            float edge = sorted[(int) ((long) valid * b / wanted)];
            if (edge > sorted[0] && (edges == 0 || edge > upper[edges - 1])) {
                upper[edges++] = edge;
            }
        }
        byte[] bins = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            int at = Arrays.binarySearch(upper, 0, edges, values[i]);
            bins[i] = Float.isNaN(values[i]) ? -1 : (byte) (at >= 0 ? at + 1 : -at - 1);
        }
        return new Binned(bins, edges + 1);
    }
}
