package dev.adze.compress.report.chart;

/** Lowest and highest of what an axis can show. */
final class Extent {
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;
    private final boolean positive;

    Extent(Axis axis) {
        positive = axis.kind() == Axis.Kind.LOG;
    }

    Extent add(double... values) {
        for (double value : values) {
            if (Double.isFinite(value) && (!positive || value > 0)) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
        }
        return this;
    }

    /** [low, high], NaN where nothing was added. */
    double[] range() {
        return low > high ? new double[] {Double.NaN, Double.NaN} : new double[] {low, high};
    }
}
