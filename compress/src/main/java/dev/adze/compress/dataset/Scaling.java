package dev.adze.compress.dataset;

/** How a value is brought near 0 with a spread near 1: {@code (value - center) / scale}. */
public enum Scaling {
    /** Mean and (population) standard deviation. */
    STANDARD,
    /** Minimum and range: the training rows come to lie in [0, 1]. */
    MIN_MAX,
    /**
     * Median and interquartile range, for channels with outliers. A channel that mostly rests, so that its range is 0,
     * is divided by its standard deviation instead.
     */
    ROBUST
}
