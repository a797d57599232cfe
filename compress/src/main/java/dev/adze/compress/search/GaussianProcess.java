package dev.adze.compress.search;

import java.util.Arrays;
import java.util.Random;

/**
 * Gaussian-process regression (Rasmussen and Williams 2006, chapters 2 and 5) with a Matérn 5/2 kernel, one length scale a
 * coordinate and noise. Values are standardised; length scales and noise are those of a seeded search that maximises the
 * log marginal likelihood plus weak log-normal priors, which keep few points from being explained by noise alone. Costs
 * {@code points^3} a hyperparameter setting: meant for up to a few hundred points.
 */
final class GaussianProcess {
    private static final int TRIES = 160;

    private final double[][] points;
    private final double mean;
    private final double deviation;
    private final double[] lengths;
    private final double[][] factor;
    private final double[] weights;

    /** @param standardDeviation of the function itself, without noise */
    record Prediction(double mean, double standardDeviation) {}

    private GaussianProcess(double[][] points, double mean, double deviation, Fit fit) {
        this.points = points;
        this.mean = mean;
        this.deviation = deviation;
        lengths = fit.lengths;
        factor = fit.factor;
        weights = fit.weights;
    }

    private record Fit(double[] lengths, double[][] factor, double[] weights, double score) {}

    /**
     * @param points {@code [n, d]}, coordinates about in [0, 1], n at least 1
     * @param values {@code [n]}
     */
    static GaussianProcess fit(double[][] points, double[] values, long seed) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double deviation = Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
        double unit = deviation > 1e-12 ? deviation : 1;
        double[] y = Arrays.stream(values).map(v -> (v - mean) / unit).toArray();
        var random = new Random(seed);
        int d = points[0].length;
        double[] best = new double[d + 1]; // logarithms of length scales relative to 0.5, and of noise deviation to 0.05
        Fit fit = fit(points, y, best);
        for (int i = 0; i < TRIES; i++) {
            double[] next = best.clone();
            if (i < TRIES / 4) {
                for (int k = 0; k < next.length; k++) {
                    next[k] = random.nextGaussian();
                }
            } else {
                int k = random.nextInt(next.length);
                next[k] += 0.6 * random.nextGaussian();
            }
            Fit other = fit(points, y, next);
            if (other != null && (fit == null || other.score > fit.score)) {
                fit = other;
                best = next;
            }
        }
        if (fit == null) {
            throw new IllegalStateException("no covariance of " + points.length + " points could be factored");
        }
        return new GaussianProcess(points, mean, unit, fit);
    }

    /** Null where the covariance is not positive definite to working precision. */
    private static Fit fit(double[][] points, double[] y, double[] logs) {
        int n = points.length;
        int d = points[0].length;
        double[] lengths = new double[d];
        for (int k = 0; k < d; k++) {
            lengths[k] = 0.5 * Math.exp(logs[k]);
        }
        double noise = 0.05 * Math.exp(logs[d]);
        double[][] l = new double[n][];
        double logDeterminant = 0;
        for (int i = 0; i < n; i++) {
            l[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                double sum = kernel(points[i], points[j], lengths) + (i == j ? noise * noise + 1e-10 : 0);
                for (int k = 0; k < j; k++) {
                    sum -= l[i][k] * l[j][k];
                }
                if (i == j) {
                    if (!(sum > 0)) {
                        return null;
                    }
                    l[i][i] = Math.sqrt(sum);
                    logDeterminant += Math.log(l[i][i]);
                } else {
                    l[i][j] = sum / l[j][j];
                }
            }
        }
        double[] half = forward(l, y);
        double score = -0.5 * Arrays.stream(half).map(v -> v * v).sum() - logDeterminant
                - 0.5 * Arrays.stream(logs).map(v -> v * v).sum();
        return new Fit(lengths, l, backward(l, half), score);
    }

    Prediction predict(double[] point) {
        int n = points.length;
        double[] k = new double[n];
        double sum = 0;
        for (int i = 0; i < n; i++) {
            k[i] = kernel(point, points[i], lengths);
            sum += k[i] * weights[i];
        }
        double[] half = forward(factor, k);
        double variance = Math.max(1e-12, 1 - Arrays.stream(half).map(v -> v * v).sum());
        return new Prediction(mean + deviation * sum, deviation * Math.sqrt(variance));
    }

    private static double kernel(double[] a, double[] b, double[] lengths) {
        double square = 0;
        for (int k = 0; k < a.length; k++) {
            double difference = (a[k] - b[k]) / lengths[k];
            square += difference * difference;
        }
        double r = Math.sqrt(5 * square);
        return (1 + r + r * r / 3) * Math.exp(-r);
    }

    private static double[] forward(double[][] l, double[] y) {
        double[] x = new double[y.length];
        for (int i = 0; i < x.length; i++) {
            double sum = y[i];
            for (int k = 0; k < i; k++) {
                sum -= l[i][k] * x[k];
            }
            x[i] = sum / l[i][i];
        }
        return x;
    }

    private static double[] backward(double[][] l, double[] y) {
        double[] x = new double[y.length];
        for (int i = x.length - 1; i >= 0; i--) {
            double sum = y[i];
            for (int k = i + 1; k < x.length; k++) {
                sum -= l[k][i] * x[k];
            }
            x[i] = sum / l[i][i];
        }
        return x;
    }
}
