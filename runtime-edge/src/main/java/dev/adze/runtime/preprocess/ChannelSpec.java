package dev.adze.runtime.preprocess;

/**
 * One raw input channel and its scaling, fitted on the training split only.
 *
 * @param name   as in the recording and on the device, for example {@code cpu.busy}
 * @param unit   of the raw value, for example {@code %} or {@code degC}; empty if it has none
 * @param center subtracted first, in {@code unit} (mean, median or minimum, by the recipe's choice)
 * @param scale  divided by next, in {@code unit}; never zero
 * @param min    smallest value of the training split, in {@code unit}; for range checks, not for arithmetic
 * @param max    largest value of the training split, in {@code unit}
 */
public record ChannelSpec(String name, String unit, double center, double scale, double min, double max) {
    public ChannelSpec {
        if (!(Double.isFinite(center) && Double.isFinite(scale)) || scale == 0) {
            throw new IllegalArgumentException("channel " + name + ": center " + center + ", scale " + scale);
        }
    }
}
