package dev.adze.compress.quantize;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Rounds a matrix to given steps so that its products with real inputs change least, not its weights (Frantar et al. 2023):
 * column after column, the largest inputs first, is rounded to nearest, and what that changes in the products is taken up
 * by the columns not rounded yet, as least squares say. The inputs count through their Gram matrix alone.
 */
public final class GramRounding {
    /** Part of the mean of the Gram matrix's diagonal that is added to it: inputs that never moved have no inverse. */
    private static final double DAMPING = 0.01;

    private final int columns;
    private final int[] order;
    /** Upper triangular, {@code U' U} = the damped Gram matrix's inverse, in {@link #order}. */
    private final double[][] factor;

    /** @param gram {@code [columns][columns]}, symmetric: sums or means of products of inputs, about 0 or about their means */
    public GramRounding(double[][] gram) {
        columns = gram.length;
        order = IntStream.range(0, columns).boxed().sorted(Comparator.comparingDouble((Integer k) -> -gram[k][k]))
                .mapToInt(Integer::intValue).toArray();
        double damping = DAMPING * IntStream.range(0, columns).mapToDouble(k -> gram[k][k]).average().orElse(0);
        double[][] damped = new double[columns][columns];
        for (int i = 0; i < columns; i++) {
            for (int j = 0; j < columns; j++) {
                damped[i][j] = gram[order[i]][order[j]];
            }
            damped[i][i] += damping > 0 ? damping : 1;
        }
        factor = inverseFactor(damped);
    }

    /**
     * Rounds one row in place.
     *
     * @param row     weights; afterwards whole multiples of their steps
     * @param steps   one a weight, above 0
     * @param largest multiple, either way
     */
    public void round(double[] row, double[] steps, int largest) {
        double[] left = new double[columns];
        for (int i = 0; i < columns; i++) {
            left[i] = row[order[i]];
        }
        for (int i = 0; i < columns; i++) {
            int k = order[i];
            // What was 0 was pruned and stays so; others take up what that costs.
            double value = row[k] == 0 ? 0 : steps[k] * Math.clamp(Math.rint(left[i] / steps[k]), -largest, largest);
            double error = (left[i] - value) / factor[i][i];
            row[k] = value;
            for (int j = i + 1; j < columns; j++) {
                left[j] -= error * factor[i][j];
            }
        }
    }

    /**
     * With A reversed = L L' the reversed inverse of L is the upper triangular factor: (A reversed)⁻¹ = L⁻ᵀ L⁻¹, and
     * reversing both indices of L⁻¹ makes it upper triangular.
     */
    private static double[][] inverseFactor(double[][] a) {
        int n = a.length;
        double[][] lower = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[n - 1 - i][n - 1 - j];
                for (int k = 0; k < j; k++) {
                    sum -= lower[i][k] * lower[j][k];
                }
                lower[i][j] = i == j ? Math.sqrt(sum) : sum / lower[j][j];
            }
        }
        double[][] upper = new double[n][n];
        double[] sums = new double[n];
        for (int i = 0; i < n; i++) { // row i of L⁻¹ from the rows before
            Arrays.fill(sums, 0, i, 0);
            for (int k = 0; k < i; k++) {
                for (int j = 0; j <= k; j++) {
                    sums[j] -= lower[i][k] * upper[n - 1 - k][n - 1 - j];
                }
            }
            for (int j = 0; j < i; j++) {
                upper[n - 1 - i][n - 1 - j] = sums[j] / lower[i][i];
            }
            upper[n - 1 - i][n - 1 - i] = 1 / lower[i][i];
        }
        return upper;
    }
}
