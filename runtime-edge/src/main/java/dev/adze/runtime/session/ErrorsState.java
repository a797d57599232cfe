package dev.adze.runtime.session;

import java.util.Arrays;

/**
 * What {@link ForecastErrors} remember: forecasts that have not come due, and smoothed errors. Copies are taken.
 *
 * @param step      of the series
 * @param due       whether any forecast has come due
 * @param madeAt    step at which the forecasts in each place were made; as many places as the furthest forecast needs
 * @param forecasts {@code [places, outputs]}
 * @param smoothed  {@code [outputs]}
 */
public record ErrorsState(long step, boolean due, long[] madeAt, float[] forecasts, double[] smoothed) {
    /** Of a model that is no anomaly detection, or of a series without forecasts. */
    public static final ErrorsState NONE = new ErrorsState(0, false, new long[0], new float[0], new double[0]);

    public ErrorsState {
        madeAt = madeAt.clone();
        forecasts = forecasts.clone();
        smoothed = smoothed.clone();
    }

    public boolean isNone() {
        return madeAt.length == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ErrorsState(long s, boolean d, long[] m, float[] f, double[] z) && step == s && due == d
                && Arrays.equals(madeAt, m) && Arrays.equals(forecasts, f) && Arrays.equals(smoothed, z);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(step) + 31 * (Arrays.hashCode(madeAt) + 31 * (Arrays.hashCode(forecasts) + 31 * Arrays.hashCode(smoothed)));
    }
}
