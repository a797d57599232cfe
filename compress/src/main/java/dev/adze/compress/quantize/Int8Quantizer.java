package dev.adze.compress.quantize;

import java.util.Arrays;

/**
 * Symmetric post-training quantization per output channel (Jacob et al. 2018, section 2.1, with zero point 0): by default the
 * largest weight of a row becomes 127. -128 is never used, so that products fit the device's integer kernels.
 */
public final class Int8Quantizer {
    public static final int MAX = 127;
    /** Part of a row's weights that {@link Calibration#PERCENTILE} clips. */
    static final double CLIPPED = 0.001;
    /** Part of a row's weights that {@link Calibration#ENTROPY} clips at most. */
    private static final double MOST_CLIPPED = 0.01;
    private static final int CANDIDATES = 101;
    private static final double LEAST_PART = 0.5;

    private Int8Quantizer() {}

    /** @param weights {@code [rows, columns]} row-major, finite; error a weight is at most half its row's scale */
    public static QuantizedTensor perRow(float[] weights, int rows) {
        return perRow(weights, rows, Calibration.MIN_MAX);
    }

    /** @param weights {@code [rows, columns]} row-major, finite; scales are 0 only for rows of zeros */
    public static QuantizedTensor perRow(float[] weights, int rows, Calibration calibration) {
        int columns = weights.length / rows;
        var values = new byte[weights.length];
        var scales = new float[rows];
        float part = calibration == Calibration.ENTROPY ? (float) EntropyClipping.part(weights, rows, MAX) : 1;
        for (int row = 0; row < rows; row++) {
            int from = row * columns;
            int to = from + columns;
            float scale = scale(weights, from, to, calibration, part);
            scales[row] = scale;
            for (int i = from; i < to && scale > 0; i++) {
                values[i] = (byte) Math.clamp(Math.round((double) weights[i] / scale), -MAX, MAX);
            }
        }
        return new QuantizedTensor(values, scales);
    }

    /** @param part of the largest weight that is not clipped, for ENTROPY */
    private static float scale(float[] weights, int from, int to, Calibration calibration, float part) {
        float[] magnitudes = new float[to - from];
        for (int i = from; i < to; i++) {
            magnitudes[i - from] = Math.abs(weights[i]);
        }
        Arrays.sort(magnitudes);
        float whole = magnitudes[magnitudes.length - 1] / MAX;
        return switch (calibration) {
            case MIN_MAX -> whole;
            case ENTROPY -> Math.max(part * whole, magnitudes[magnitudes.length - 1 - clippable(magnitudes)] / MAX);
            case PERCENTILE -> {
                int clipped = (int) (CLIPPED * magnitudes.length);
                float scale = magnitudes[magnitudes.length - 1 - clipped] / MAX;
                yield scale > 0 ? scale : whole; // a row of zeros but for what would be clipped
            }
            case MSE -> leastSquares(weights, from, to, whole);
        };
    }

    /** How many of a row's weights entropy may clip: few, and of those that are zero none, so that a nearly empty row keeps its own. */
    private static int clippable(float[] magnitudes) {
        int zeros = 0;
        while (zeros < magnitudes.length && magnitudes[zeros] == 0) {
            zeros++;
        }
        return (int) (MOST_CLIPPED * (magnitudes.length - zeros));
    }

    /** Tries {@value #CANDIDATES} scales from {@code LEAST_PART} of the whole to the whole. */
    private static float leastSquares(float[] weights, int from, int to, float whole) {
        float best = whole;
        double leastError = Double.POSITIVE_INFINITY;
        for (int candidate = 0; candidate < CANDIDATES && whole > 0; candidate++) {
            float scale = (float) (whole * (1 - (1 - LEAST_PART) * candidate / (CANDIDATES - 1)));
            double error = 0;
            for (int i = from; i < to && error < leastError && scale > 0; i++) {
                double off = weights[i] - (double) scale * Math.clamp(Math.rint((double) weights[i] / scale), -MAX, MAX);
                error += off * off;
            }
            if (scale > 0 && error < leastError) {
                leastError = error;
                best = scale;
            }
        }
        return best;
    }

    /** The same with given scales, all above 0; weights too large for them are clipped. */
    static QuantizedTensor withScales(float[] weights, float[] scales) {
        int columns = weights.length / scales.length;
        var values = new byte[weights.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) Math.clamp(Math.rint(weights[i] / scales[i / columns]), -MAX, MAX);
        }
        return new QuantizedTensor(values, scales);
    }
}
