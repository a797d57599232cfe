package dev.adze.compress.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HypervolumeImprovementTest {
    /** By counting grid cells, with errors drawn: slow, obvious, and nothing in common with the closed form. */
    private static double counted(List<double[]> points, double[] reference) {
        int n = 60;
        int inside = 0;
        int dimensions = reference.length;
        int cells = (int) Math.pow(n, dimensions);
        for (int cell = 0; cell < cells; cell++) {
            double[] at = new double[dimensions];
            for (int d = 0, rest = cell; d < dimensions; d++, rest /= n) {
                at[d] = -1 + (rest % n + 0.5) * (reference[d] + 1) / n;
            }
            boolean covered = points.stream().anyMatch(p -> {
                for (int d = 0; d < dimensions; d++) {
                    if (p[d] > at[d]) {
                        return false;
                    }
                }
                return true;
            });
            inside += covered ? 1 : 0;
        }
        double box = 1;
        for (double r : reference) {
            box *= r + 1;
        }
        return box * inside / cells;
    }

    @Test
    void volumeAndExpectedGainAgreeWithCountingForEveryNumberOfCosts() {
        for (int seed = 0; seed < 4; seed++) {
            for (int dimensions = 1; dimensions <= 3; dimensions++) {
                var random = new Random(seed);
                double[] reference = new double[dimensions];
                java.util.Arrays.fill(reference, 1);
                var points = new ArrayList<double[]>();
                for (int i = 0; i < 5; i++) {
                    points.add(random.doubles(dimensions, 0, 1.2).toArray());
                }
                var improvement = new HypervolumeImprovement(points, reference);
                double before = counted(points, reference);
                assertEquals(before, improvement.volume(), 0.03 + 0.03 * before, "seed " + seed + ", dimensions " + dimensions);
                double[] costs = random.doubles(dimensions - 1, 0, 1).toArray();
                double mean = random.nextDouble();
                double deviation = 0.2;
                double sum = 0;
                int draws = 200;
                for (int i = 0; i < draws; i++) {
                    double[] point = new double[dimensions];
                    point[0] = mean + deviation * quantile((i + 0.5) / draws);
                    System.arraycopy(costs, 0, point, 1, costs.length);
                    var with = new ArrayList<>(points);
                    with.add(point);
                    sum += new HypervolumeImprovement(with, reference).volume() - improvement.volume();
                }
                assertEquals(sum / draws, improvement.expected(mean, deviation, costs), 2e-3, "seed " + seed + ", dimensions " + dimensions);
            }
        }
    }

    /** Of the standard normal, by bisection of its series (independent of the approximation under test). */
    private static double quantile(double p) {
        double low = -8;
        double high = 8;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (series(middle) < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double series(double z) {
        double term = z;
        double sum = z;
        for (int k = 1; k < 200; k++) {
            term *= -z * z / (2 * k) * (2 * k - 1) / (2 * k + 1);
            sum += term;
        }
        return Math.abs(z) > 6 ? (z > 0 ? 1 : 0) : 0.5 + sum / Math.sqrt(2 * Math.PI);
    }

    @Test
    void theNormalDistributionIsRight() {
        for (double z = -5; z <= 5; z += 0.25) {
            assertEquals(series(z), HypervolumeImprovement.cumulative(z), 1e-6, "z " + z);
        }
    }

    @Test
    void aCandidateThatIsSurelyDominatedOrBeyondTheReferenceGainsNothing() {
        var improvement = new HypervolumeImprovement(List.of(new double[] {0.1, 0.1}), new double[] {1, 1});
        assertEquals(0, improvement.expected(0.9, 0.01, new double[] {0.5}), 1e-12);
        assertEquals(0, improvement.expected(0.01, 0.01, new double[] {1.5}), 0);
        assertEquals(0.1 * 0.9, improvement.expected(0.2, 1e-6, new double[] {0.0}) + 0.1 * 0.1, 0.011);
    }
}
