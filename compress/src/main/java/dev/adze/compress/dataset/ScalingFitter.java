package dev.adze.compress.dataset;

import dev.adze.compress.data.Channel;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec.OutputSpec;
import dev.adze.runtime.preprocess.ChannelSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Fits the scaling of inputs and targets to the training rows, and to nothing else. */
public final class ScalingFitter {
    /** Spread below half a float's resolution is rounding, not signal. */
    private static final double RESOLUTION = 0x1p-24;

    private ScalingFitter() {}

    /**
     * Scaling of the inputs.
     *
     * @param channels in the recording's order
     * @param constant names of those that never change in the training rows; they have scale 1 and tell the network
     *                 nothing, so they had better be dropped
     */
    public record Inputs(List<ChannelSpec> channels, List<String> constant) {
        public Inputs {
            channels = List.copyOf(channels);
            constant = List.copyOf(constant);
        }
    }

    /**
     * Fits every channel of the recording.
     *
     * @param training rows to look at; missing values do not count
     * @throws AdzeException BAD_DATA for a channel without any value in them
     */
    public static Inputs fit(SensorRecording recording, List<Series> training, Scaling scaling) {
        var channels = new ArrayList<ChannelSpec>();
        var constant = new ArrayList<String>();
        for (int k = 0; k < recording.channelCount(); k++) {
            Channel channel = recording.channels().get(k);
            int index = k;
            float[] values = valid(training, row -> recording.value(index, row));
            if (values.length == 0) {
                throw bad("channel " + channel.name() + " has no value in the training rows; leave it out of the inputs, or "
                        + "check how missing values are written");
            }
            Fit fit = Fit.of(values, scaling);
            if (fit.constant) {
                constant.add(channel.name());
            }
            channels.add(new ChannelSpec(channel.name(), channel.unit(), fit.center, fit.scale, fit.min, fit.max));
        }
        return new Inputs(channels, constant);
    }

    /**
     * Fits every target; its bounds are taken over from the targets.
     *
     * @throws AdzeException BAD_DATA for a target that has no value or is constant in the training rows
     */
    public static List<OutputSpec> fit(Targets targets, List<Series> training, Scaling scaling) {
        var outputs = new ArrayList<OutputSpec>();
        for (int i = 0; i < targets.count(); i++) {
            Channel name = targets.names().get(i);
            Fit fit = Fit.of(varied(targets, i, training), scaling);
            outputs.add(new OutputSpec(name.name(), name.unit(), fit.center, fit.scale, targets.min(), targets.max()));
        }
        return List.copyOf(outputs);
    }

    /** Refuses targets, class labels say, of which the training rows show none or only one value. */
    public static void requireVaried(Targets targets, List<Series> training) {
        for (int i = 0; i < targets.count(); i++) {
            varied(targets, i, training);
        }
    }

    private static float[] varied(Targets targets, int target, List<Series> training) {
        String name = targets.names().get(target).name();
        float[] values = valid(training, row -> targets.value(row, target));
        if (values.length == 0) {
            throw bad("target " + name + " has no value in the training rows; take more rows, a shorter horizon or another target");
        }
        if (Fit.of(values, Scaling.MIN_MAX).constant) {
            throw bad("target " + name + " is " + values[0] + " in all " + values.length
                    + " training rows, so there is nothing to learn; take another target or more varied data");
        }
        return values;
    }

    private interface RowValue {
        float at(int row);
    }

    private static float[] valid(List<Series> parts, RowValue value) {
        float[] values = new float[parts.stream().mapToInt(Series::rowCount).sum()];
        int count = 0;
        for (Series part : parts) {
            for (int row = part.startRow(); row < part.endRow(); row++) {
                float v = value.at(row);
                if (!Float.isNaN(v)) {
                    values[count++] = v;
                }
            }
        }
        return Arrays.copyOf(values, count);
    }

    private record Fit(double center, double scale, double min, double max, boolean constant) {
        static Fit of(float[] values, Scaling scaling) {
            float[] sorted = values.clone();
            Arrays.sort(sorted);
            double min = sorted[0];
            double max = sorted[sorted.length - 1];
            double mean = 0;
            for (float v : values) {
                mean += v;
            }
            mean /= values.length;
            double squares = 0;
            for (float v : values) {
                squares += (v - mean) * (v - mean);
            }
            double deviation = Math.sqrt(squares / values.length);
            double median = quantile(sorted, 0.5);
            double interquartile = quantile(sorted, 0.75) - quantile(sorted, 0.25);
            double center = switch (scaling) {
                case STANDARD -> mean;
                case MIN_MAX -> min;
                case ROBUST -> median;
            };
            double negligible = RESOLUTION * Math.max(Math.abs(min), Math.abs(max));
            double scale = switch (scaling) {
                case STANDARD -> deviation;
                case MIN_MAX -> max - min;
                case ROBUST -> interquartile > negligible ? interquartile : deviation;
            };
            // 1e-30: a smaller divisor would carry an ordinary value out of float's range.
            boolean constant = max == min || !(scale > Math.max(negligible, 1e-30));
            return new Fit(center, constant ? 1 : scale, min, max, constant);
        }

        /** Linear between the two nearest ranks (Hyndman and Fan 1996, type 7). */
        private static double quantile(float[] sorted, double q) {
            double at = q * (sorted.length - 1);
            int below = (int) at;
            double low = sorted[below];
            double high = sorted[Math.min(below + 1, sorted.length - 1)];
            return low + (at - below) * (high - low);
        }
    }

    private static AdzeException bad(String message) {
        return new AdzeException(AdzeException.Kind.BAD_DATA, message);
    }
}
