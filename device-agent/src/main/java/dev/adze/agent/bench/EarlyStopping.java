package dev.adze.agent.bench;

/**
 * How many of the slowest queries a percentile's estimate may leave out, after the early stopping criterion of MLPerf
 * Inference (inference_rules.adoc, appendix "Early Stopping Criterion"; single stream: tolerance 0, confidence 99 %): the
 * true percentile lies above the estimate with at most 1 % probability, whatever the distribution, if queries are
 * independent.
 */
final class EarlyStopping {
    private static final double MISS = 0.01;
    /** Weights this far below the mode's cannot change a sum of doubles. */
    private static final double NEGLIGIBLE = 1e-20;

    private EarlyStopping() {}

    /**
     * The largest t with P(T <= t) <= 1 %, where T, the number of queries above the percentile, is binomial(n, 1 - p). The
     * estimate is the t-th slowest query: t - 1 are left out.
     *
     * @return less than 1: too few queries for an estimate
     */
    static long overlatencyQueries(long n, double percentile) {
        double over = 1 - percentile;
        long mode = Math.min(n, (long) ((n + 1) * over));
        double odds = over / (1 - over);
        double total = 1;
        double weight = 1;
        long first = mode;
        while (first > 0 && weight > NEGLIGIBLE) {
            weight *= first / ((n - first + 1) * odds);
            first--;
            total += weight;
        }
        double lowest = weight;
        weight = 1;
        for (long k = mode; k < n && weight > NEGLIGIBLE; k++) {
            weight *= (n - k) * odds / (k + 1);
            total += weight;
        }
        double sum = 0;
        weight = lowest;
        for (long k = first; k <= mode; k++) {
            sum += weight;
            if (sum / total > MISS) {
                return k - 1;
            }
            weight *= (n - k) * odds / (k + 1);
        }
        return mode;
    }

    /** The fewest queries that allow an estimate: 64 for p90, 662 for p99. */
    static long fewestQueries(double percentile) {
        long n = 2;
        while (overlatencyQueries(n, percentile) < 1) {
            n++;
        }
        return n;
    }
}
