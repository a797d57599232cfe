package dev.adze.compress.quantize;

import dev.adze.runtime.model.Int4;

/**
 * Symmetric 4-bit quantization with two levels of scales ({@link Int4}): a float a row, times an integer for every
 * {@value Int4#GROUP} neighbours. A group's integer is the one with the least squared error of its weights, which clips
 * the largest of them where that lets the others be finer.
 */
public final class Int4Quantizer {
    /** A group's scale is looked for between this part of what its largest weight needs and the whole of it. */
    private static final double LEAST_PART = 0.5;

    private Int4Quantizer() {}

    /**
     * A matrix {@code [rows, columns]}: {@code value = values[row][column] * multipliers[row][column / GROUP] * scales[row]}.
     *
     * @param values      row-major, -7 to 7
     * @param multipliers row-major, 0 to 127; 0 only for a group of zeros
     * @param scales      one a row, 0 only for a row of zeros
     */
    public record Quantized(byte[] values, byte[] multipliers, float[] scales) implements IntegerMatrix {}

    /** @param weights {@code [rows, columns]} row-major, finite */
    public static Quantized perGroup(float[] weights, int rows) {
        int columns = weights.length / rows;
        int groups = Int4.groups(columns);
        var quantized = new Quantized(new byte[weights.length], new byte[rows * groups], new float[rows]);
        for (int row = 0; row < rows; row++) {
            int first = row * columns;
            float scale = largest(weights, first, first + columns) / (Int4.MAX * Int4.MAX_MULTIPLIER);
            quantized.scales[row] = scale;
            for (int group = 0; group < groups && scale > 0; group++) {
                int from = first + group * Int4.GROUP;
                int to = Math.min(from + Int4.GROUP, first + columns);
                quantized.multipliers[row * groups + group] = (byte) group(weights, from, to, scale, quantized.values);
            }
        }
        return quantized;
    }

    /**
     * The same with given steps, one a group, all above 0: a row's scale is its largest step / 127, and every step becomes
     * the nearest multiple of it.
     */
    static Quantized withSteps(float[] weights, int rows, float[] steps) {
        int columns = weights.length / rows;
        int groups = Int4.groups(columns);
        var quantized = new Quantized(new byte[weights.length], new byte[rows * groups], new float[rows]);
        for (int row = 0; row < rows; row++) {
            float scale = largest(steps, row * groups, (row + 1) * groups) / Int4.MAX_MULTIPLIER;
            quantized.scales[row] = scale;
            for (int group = 0; group < groups; group++) {
                quantized.multipliers[row * groups + group] =
                        (byte) Math.clamp(Math.rint(steps[row * groups + group] / scale), 1, Int4.MAX_MULTIPLIER);
            }
            for (int k = 0; k < columns; k++) {
                float step = quantized.multipliers[row * groups + k / Int4.GROUP] * scale;
                quantized.values[row * columns + k] = (byte) round(weights[row * columns + k] / step);
            }
        }
        return quantized;
    }

    /** @return the group's multiplier; its values are written */
    private static int group(float[] weights, int from, int to, float scale, byte[] values) {
        double needed = largest(weights, from, to) / ((double) Int4.MAX * scale);
        int most = Math.clamp((long) Math.ceil(needed), 0, Int4.MAX_MULTIPLIER);
        int best = most;
        double leastError = Double.POSITIVE_INFINITY;
        for (int multiplier = most; multiplier >= Math.max(1, Math.ceil(LEAST_PART * needed)); multiplier--) {
            double step = (double) multiplier * scale;
            double error = 0;
            for (int i = from; i < to && error < leastError; i++) {
                double difference = weights[i] - step * round(weights[i] / step);
                error += difference * difference;
            }
            if (error < leastError) {
                leastError = error;
                best = multiplier;
            }
        }
        for (int i = from; i < to && best > 0; i++) {
            values[i] = (byte) round(weights[i] / ((double) best * scale));
        }
        return best;
    }

    private static double round(double x) {
        return Math.clamp(Math.rint(x), -Int4.MAX, Int4.MAX);
    }

    private static float largest(float[] weights, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(weights[i]));
        }
        return largest;
    }
}
