package dev.adze.compress.report.chart;

import java.util.List;

/** Maps data to pixels along one axis. */
sealed interface Scale {
    double low();

    double high();

    double start();

    double end();

    double[] ticks();

    List<String> labels();

    /** Pixel of a value; values outside the domain are held at its ends. The value must be finite. */
    double map(double value);

    /** True where the axis can show the value at all. */
    default boolean shows(double value) {
        return Double.isFinite(value);
    }

    record Linear(double low, double high, double start, double end, double[] ticks, List<String> labels)
            implements Scale {
        @Override
        public double map(double value) {
            double part = (Math.clamp(value, low, high) - low) / (high - low);
            return start + (end - start) * part;
        }
    }

    record Log(double low, double high, double start, double end, double[] ticks, List<String> labels)
            implements Scale {
        @Override
        public double map(double value) {
            double part = (Math.log(Math.clamp(value, low, high)) - Math.log(low)) / (Math.log(high) - Math.log(low));
            return start + (end - start) * part;
        }

        @Override
        public boolean shows(double value) {
            return Double.isFinite(value) && value > 0;
        }
    }

    /** The scale of an axis over a range of data, from pixel {@code start} to pixel {@code end}. */
    static Scale of(Axis axis, double low, double high, double start, double end, int maxTicks) {
        return switch (axis.kind()) {
            case LINEAR -> {
                double[] range = Ticks.sane(low, high);
                double[] ticks = axis.covering()
                        ? Ticks.covering(range[0], range[1], Math.max(6, maxTicks))
                        : Ticks.within(range[0], range[1], maxTicks);
                yield linear(range, ticks, axis.covering(), start, end, axis.labels(ticks, Ticks.labels(ticks)));
            }
            case TIME -> {
                double[] range = Ticks.sane(low, high);
                boolean time = TimeTicks.isTime(range[0], range[1]);
                double[] ticks = time
                        ? TimeTicks.within(range[0], range[1], maxTicks)
                        : Ticks.within(range[0], range[1], maxTicks);
                List<String> labels = time ? TimeTicks.labels(ticks) : Ticks.labels(ticks);
                yield linear(range, ticks, false, start, end, labels);
            }
            case LOG -> {
                double[] ticks = Ticks.coveringLog(low, high, Math.max(6, maxTicks));
                yield new Log(ticks[0], ticks[ticks.length - 1], start, end, ticks,
                        axis.labels(ticks, Ticks.logLabels(ticks)));
            }
        };
    }

    private static Scale linear(
            double[] range, double[] ticks, boolean cover, double start, double end, List<String> labels) {
        return cover
                ? new Linear(ticks[0], ticks[ticks.length - 1], start, end, ticks, labels)
                : new Linear(range[0], range[1], start, end, ticks, labels);
    }
}
