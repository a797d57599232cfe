package dev.adze.runtime.latency;

/**
 * Ranks that bracket a quantile, without assuming a distribution: the number of samples below the true quantile is
 * binomial(n, fraction), if samples are independent (David and Nagaraja, Order Statistics, section 7.1).
 */
final class OrderStatistics {
    /** Weights this far below the mode's cannot change a sum of doubles. */
    private static final double NEGLIGIBLE = 1e-20;

    private OrderStatistics() {}

    /** 1-based; 0 or n + 1 where the samples do not reach far enough to bracket the quantile on that side. */
    record Ranks(long low, long high) {}

    /**
     * The largest low and the smallest high rank such that the quantile lies outside on either side with a probability
     * of at most (1 - confidence) / 2.
     */
    static Ranks interval(long n, double fraction, double confidence) {
        double tail = (1 - confidence) / 2;
        // Binomial weights relative to the mode's, by the ratio of neighbours; summed from the small ends.
        long mode = Math.min(n, (long) ((n + 1) * fraction));
        double odds = fraction / (1 - fraction);
        long first = mode;
        double weight = 1;
        double total = 1;
        while (first > 0 && weight > NEGLIGIBLE) {
            weight *= first / ((n - first + 1) * odds);
            first--;
            total += weight;
        }
        double firstWeight = weight;
        long last = mode;
        weight = 1;
        while (last < n && weight > NEGLIGIBLE) {
            weight *= (n - last) * odds / (last + 1);
            last++;
            total += weight;
        }
        double lastWeight = weight;

        // low: the largest rank l with P(X <= l - 1) <= tail
        long low = first;
        double sum = 0;
        weight = firstWeight;
        for (long k = first; k <= last; k++) {
            sum += weight;
            if (sum / total > tail) {
                break;
            }
            low = k + 1;
            weight *= (n - k) * odds / (k + 1);
        }
        // high: the smallest rank u with P(X >= u) <= tail
        long high = last + 1;
        sum = 0;
        weight = lastWeight;
        for (long k = last; k >= first; k--) {
            sum += weight;
            if (sum / total > tail) {
                break;
            }
            high = k;
            weight *= k / ((n - k + 1) * odds);
        }
        return new Ranks(low, high);
    }
}
