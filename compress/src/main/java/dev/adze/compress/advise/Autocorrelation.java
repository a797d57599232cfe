package dev.adze.compress.advise;

import dev.adze.compress.data.Series;
import java.util.List;

/**
 * How a channel goes with its own past.
 *
 * @param r         correlation at lag 0, 1, ...
 * @param valueRows rows with a value
 */
record Autocorrelation(double[] r, int valueRows) {
    /** Pooled over the series, around the common mean. */
    static Autocorrelation of(float[] values, List<Series> series, int maxLag) {
        double sum = 0;
        int valid = 0;
        for (float value : values) {
            if (!Float.isNaN(value)) {
                sum += value;
                valid++;
            }
        }
        double mean = valid == 0 ? 0 : sum / valid;
        double[] r = new double[maxLag + 1];
        for (int lag = 0; lag <= maxLag; lag++) {
            double products = 0;
            long pairs = 0;
            for (Series s : series) {
                for (int t = s.startRow() + lag; t < s.endRow(); t++) {
                    double product = (values[t] - mean) * (values[t - lag] - mean);
                    if (!Double.isNaN(product)) {
                        products += product;
                        pairs++;
                    }
                }
            }
            r[lag] = pairs == 0 ? 0 : products / pairs;
        }
        double variance = r[0];
        for (int lag = 0; lag <= maxLag; lag++) {
            r[lag] = variance > 0 ? r[lag] / variance : 0;
        }
        return new Autocorrelation(r, valid);
    }

    /** First lag whose correlation is below {@code level}; the largest lag looked at if none is. */
    int firstBelow(double level) {
        for (int lag = 1; lag < r.length; lag++) {
            if (r[lag] < level) {
                return lag;
            }
        }
        return r.length - 1;
    }

    /** Share of the variance that is gone after one step: what a line through lags 2 and 1 misses at lag 0, 0 to 1. */
    double noiseShare() {
        return r.length < 3 ? 0 : Math.clamp(1 - (2 * r[1] - r[2]), 0, 1);
    }

    /** Rows that tell as much of the mean as one independent row, 1 or more (Sokal 1997, sum to the first zero). */
    double integratedTime() {
        double sum = 1;
        for (int lag = 1; lag < r.length && r[lag] > 0; lag++) {
            sum += 2 * r[lag];
        }
        return sum;
    }

    /** Lag of the highest correlation after the first zero, if that is above 0.3; 0 for none. */
    int period() {
        int best = 0;
        int lag = firstBelow(0);
        for (; lag < r.length - 1; lag++) {
            if (r[lag] > 0.3 && r[lag] >= r[lag - 1] && r[lag] >= r[lag + 1] && (best == 0 || r[lag] > r[best] + 0.02)) {
                best = lag;
            }
        }
        return best;
    }
}
