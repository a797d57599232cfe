package dev.adze.compress.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class GramRoundingTest {
    private static final long SEED = 20;
    private static final int LARGEST = 7;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);

    /** Of inputs that lean on {@code common} hidden causes, so that columns go together. */
    private double[][] gram(int columns, int common) {
        double[][] causes = new double[common][columns];
        for (double[] cause : causes) {
            Arrays.setAll(cause, _ -> random.nextGaussian());
        }
        double[][] gram = new double[columns][columns];
        for (int i = 0; i < columns; i++) {
            for (int j = 0; j < columns; j++) {
                for (double[] cause : causes) {
                    gram[i][j] += cause[i] * cause[j];
                }
            }
            gram[i][i] += 0.1;
        }
        return gram;
    }

    private double[] row(int columns) {
        double[] row = new double[columns];
        Arrays.setAll(row, _ -> random.nextGaussian());
        return row;
    }

    private static double[] steps(int columns) {
        double[] steps = new double[columns];
        Arrays.setAll(steps, k -> k < columns / 2 ? 0.4 : 0.5);
        return steps;
    }

    private static double[] nearest(double[] row, double[] steps) {
        double[] rounded = new double[row.length];
        Arrays.setAll(rounded, k -> steps[k] * Math.clamp(Math.rint(row[k] / steps[k]), -LARGEST, LARGEST));
        return rounded;
    }

    private static double[] calibrated(double[] row, double[] steps, double[][] gram) {
        double[] rounded = row.clone();
        new GramRounding(gram).round(rounded, steps, LARGEST);
        return rounded;
    }

    /** Mean square by which the row's products with the inputs change. */
    private static double error(double[] row, double[] rounded, double[][] gram) {
        double error = 0;
        for (int i = 0; i < row.length; i++) {
            for (int j = 0; j < row.length; j++) {
                error += (row[i] - rounded[i]) * gram[i][j] * (row[j] - rounded[j]);
            }
        }
        return error;
    }

    @Test
    void inputsThatAreIndependentLeaveNothingToTakeUp() {
        double[][] gram = new double[20][20];
        for (int k = 0; k < 20; k++) {
            gram[k][k] = 1 + k;
        }
        double[] row = row(20);
        assertTrue(Arrays.equals(nearest(row, steps(20)), calibrated(row, steps(20), gram)), "seed " + SEED);
    }

    @Test
    void twoEqualInputsShareWhatIsRounded() {
        double[][] gram = {{1, 1}, {1, 1}};
        // 0.3 + 0.3 of the same input: to nearest both vanish; 1 + 0 is nearer to 0.6.
        double[] rounded = calibrated(new double[] {0.3, 0.3}, new double[] {1, 1}, gram);
        assertEquals(1, rounded[0] + rounded[1]);
    }

    @Test
    void productsChangeFarLessThanByRoundingToNearestAndNotMuchMoreThanByTheBestOfAll() {
        double nearest = 0;
        double calibrated = 0;
        double best = 0;
        for (int repeat = 0; repeat < 60; repeat++) {
            int columns = 9;
            double[][] gram = gram(columns, 4);
            double[] row = row(columns);
            double[] steps = steps(columns);
            nearest += error(row, nearest(row, steps), gram);
            calibrated += error(row, calibrated(row, steps, gram), gram);
            best += best(row, steps, gram);
        }
        String figures = "seed " + SEED + ": nearest " + nearest + ", calibrated " + calibrated + ", best up or down " + best;
        assertTrue(calibrated < 0.55 * nearest, figures);
        assertTrue(best < calibrated, figures);
        assertTrue(calibrated < 4 * best, figures);
    }

    /** Of all ways to round every weight up or down. */
    private static double best(double[] row, double[] steps, double[][] gram) {
        double least = Double.POSITIVE_INFINITY;
        double[] rounded = new double[row.length];
        for (int way = 0; way < 1 << row.length; way++) {
            for (int k = 0; k < row.length; k++) {
                double whole = Math.floor(row[k] / steps[k]) + (way >> k & 1);
                rounded[k] = steps[k] * Math.clamp(whole, -LARGEST, LARGEST);
            }
            least = Math.min(least, error(row, rounded, gram));
        }
        return least;
    }

    @Test
    void prunedWeightsStayZeroAndNoneIsBeyondTheLargest() {
        int columns = 64;
        double[] row = row(columns);
        for (int k = 0; k < columns; k += 3) {
            row[k] = 0;
        }
        row[1] = 100;
        double[] rounded = calibrated(row, steps(columns), gram(columns, 10));
        for (int k = 0; k < columns; k++) {
            double whole = rounded[k] / steps(columns)[k];
            assertEquals(Math.rint(whole), whole, 1e-9);
            assertTrue(Math.abs(whole) < LARGEST + 0.5 && (k % 3 > 0 || whole == 0), "column " + k + " is " + whole);
        }
    }

    @Test
    void inputsThatNeverMoveAreRoundedToNearest() {
        double[] row = row(10);
        assertTrue(Arrays.equals(nearest(row, steps(10)), calibrated(row, steps(10), new double[10][10])), "seed " + SEED);
    }
}
