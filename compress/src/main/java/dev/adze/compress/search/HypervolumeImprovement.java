package dev.adze.compress.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Expected hypervolume improvement (Emmerich et al. 2006) where only the error is uncertain and the other objectives are
 * known: it is then one integral over the error. Between the errors of two neighbours on the front, what a candidate would
 * add in the plane of the other objectives is constant, and {@code ∫ P(error < x) dx} has a closed form, so nothing is
 * sampled. All objectives are to be small.
 */
final class HypervolumeImprovement {
    private final List<double[]> front;
    private final double[] reference;

    /**
     * @param points    {@code [error, cost...]}, at most two costs; those beyond the reference count for nothing
     * @param reference the worst that counts, in each objective
     */
    HypervolumeImprovement(List<double[]> points, double[] reference) {
        this.reference = reference.clone();
        front = points.stream().filter(this::counts).sorted(Comparator.comparingDouble(p -> p[0])).toList();
    }

    private boolean counts(double[] point) {
        for (int i = 0; i < reference.length; i++) {
            if (!(point[i] < reference[i])) {
                return false;
            }
        }
        return true;
    }

    /** @param costs of the candidate, in the points' order */
    double expected(double mean, double standardDeviation, double[] costs) {
        for (int i = 0; i < costs.length; i++) {
            if (!(costs[i] < reference[i + 1])) {
                return 0;
            }
        }
        double sum = 0;
        double from = Double.NEGATIVE_INFINITY;
        for (int i = 0; i <= front.size(); i++) {
            double to = i < front.size() ? front.get(i)[0] : reference[0];
            if (to > from) {
                double gain = gain(costs, front.subList(0, i));
                if (gain == 0) {
                    break; // points with larger errors only take away more
                }
                sum += gain * (below(to, mean, standardDeviation) - below(from, mean, standardDeviation));
                from = to;
            }
        }
        return sum;
    }

    /** {@code ∫ P(error < x) dx} from minus infinity to {@code x}. */
    private static double below(double x, double mean, double standardDeviation) {
        if (x == Double.NEGATIVE_INFINITY) {
            return 0;
        }
        double z = (x - mean) / standardDeviation;
        return standardDeviation * (z * cumulative(z) + Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI));
    }

    /** What the costs add up to the reference beside the points that are no worse in error. */
    private double gain(double[] costs, List<double[]> better) {
        return switch (costs.length) {
            case 0 -> better.isEmpty() ? 1 : 0;
            case 1 -> Math.max(0, better.stream().mapToDouble(p -> p[1]).min().orElse(reference[1]) - costs[0]);
            case 2 -> area(costs, better);
            default -> throw new IllegalArgumentException(costs.length + " costs; at most two");
        };
    }

    /** Of the rectangle from the costs to the reference, less the rectangles of the points: a staircase. */
    private double area(double[] costs, List<double[]> better) {
        var steps = new ArrayList<>(better);
        steps.sort(Comparator.comparingDouble(p -> p[1]));
        double area = 0;
        double at = costs[0];
        double height = reference[2];
        for (double[] point : steps) {
            double next = Math.clamp(point[1], costs[0], reference[1]);
            area += (next - at) * Math.max(0, height - costs[1]);
            at = next;
            height = Math.min(height, point[2]);
        }
        return area + (reference[1] - at) * Math.max(0, height - costs[1]);
    }

    /** Of the standard normal distribution; absolute error under 8e-8 (Abramowitz and Stegun 1964, 26.2.17). */
    static double cumulative(double z) {
        double t = 1 / (1 + 0.2316419 * Math.abs(z));
        double tail = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * t * (0.319381530 + t * (-0.356563782
                + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return z >= 0 ? 1 - tail : tail;
    }

    /** Volume that the points take up below the reference. */
    double volume() {
        double sum = 0;
        for (int i = 0; i < front.size(); i++) {
            double to = i + 1 < front.size() ? front.get(i + 1)[0] : reference[0];
            sum += (to - front.get(i)[0]) * covered(front.subList(0, i + 1));
        }
        return sum;
    }

    private double covered(List<double[]> points) {
        double[] corner = new double[reference.length - 1];
        for (int c = 0; c < corner.length; c++) {
            int at = c + 1;
            corner[c] = points.stream().mapToDouble(p -> p[at]).min().orElseThrow();
        }
        double whole = 1;
        for (int c = 0; c < corner.length; c++) {
            whole *= reference[c + 1] - corner[c];
        }
        return corner.length == 0 ? 1 : whole - gain(corner, points);
    }
}
