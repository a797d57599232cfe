package dev.adze.compress.quantize;

/**
 * Where to clip a matrix so that its distribution of weights keeps the most information in so many levels: at the part of every
 * row's largest weight for which the Kullback-Leibler divergence of the quantized distribution from the clipped one is least
 * (Migacz 2017, for activations). Rows are divided by their largest weight and pooled, since one row has too few weights to
 * tell a distribution.
 */
final class EntropyClipping {
    static final int BINS = 2048;
    private static final int FIRST = BINS / 2;
    private static final int STEP = 16;
    /** Stands for a probability that the quantized distribution does not have. */
    private static final double UNSEEN = 1e-10;

    private EntropyClipping() {}

    /** @return from a half to 1 */
    static double part(float[] weights, int rows, int levels) {
        double[] histogram = histogram(weights, rows);
        int best = BINS;
        double least = Double.POSITIVE_INFINITY;
        for (int bins = BINS; bins >= FIRST; bins -= STEP) { // on a tie the one that clips least
            double divergence = divergence(histogram, bins, levels);
            if (divergence < least) {
                least = divergence;
                best = bins;
            }
        }
        return (double) best / BINS;
    }

    private static double[] histogram(float[] weights, int rows) {
        int columns = weights.length / rows;
        double[] histogram = new double[BINS];
        for (int row = 0; row < rows; row++) {
            float largest = 0;
            for (int k = 0; k < columns; k++) {
                largest = Math.max(largest, Math.abs(weights[row * columns + k]));
            }
            for (int k = 0; k < columns && largest > 0; k++) {
                histogram[Math.min(BINS - 1, (int) (Math.abs(weights[row * columns + k]) / (double) largest * BINS))]++;
            }
        }
        return histogram;
    }

    /** Of the first {@code bins} bins in {@code levels} levels above zero; what lies beyond is clipped into the last. */
    static double divergence(double[] histogram, int bins, int levels) {
        double clipped = 0;
        for (int i = bins; i < BINS; i++) {
            clipped += histogram[i];
        }
        double[] counts = new double[levels + 1];
        int[] used = new int[levels + 1];
        double total = clipped;
        for (int i = 0; i < bins; i++) {
            counts[level(i, bins, levels)] += histogram[i];
            used[level(i, bins, levels)] += histogram[i] > 0 ? 1 : 0;
            total += histogram[i];
        }
        double kept = total - clipped;
        double divergence = 0;
        for (int i = 0; i < bins; i++) {
            double p = (histogram[i] + (i == bins - 1 ? clipped : 0)) / total;
            int level = level(i, bins, levels);
            double q = histogram[i] > 0 ? counts[level] / used[level] / kept : UNSEEN;
            divergence += p > 0 ? p * Math.log(p / q) : 0;
        }
        return divergence;
    }

    private static int level(int bin, int bins, int levels) {
        return (int) Math.rint((bin + 0.5) / bins * levels);
    }
}
