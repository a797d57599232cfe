package dev.adze.compress.train;

import java.util.Random;

/**
 * What training windows go through so that the network learns from sensors that are a little different each time. All of
 * it acts on scaled features; validation and test windows stay as they are.
 *
 * @param noise          standard deviation of Gaussian noise a value
 * @param offset         standard deviation of an offset a window and channel, the same at all steps
 * @param scale          standard deviation of the logarithm of a factor a window and channel
 * @param channelDropout probability that a channel reads its mean (a scaled 0) over a whole window, as when its sensor
 *                       is gone
 * @param timeWarp       largest relative change of speed: a window is read at a speed drawn from 1 - timeWarp to 1, so that
 *                       processes last longer; values between two steps lie on a line. [0, 1)
 */
public record Augmentation(double noise, double offset, double scale, double channelDropout, double timeWarp) {
    public static final Augmentation NONE = new Augmentation(0, 0, 0, 0, 0);

    public Augmentation {
        TrainSpec.require(noise >= 0 && offset >= 0 && scale >= 0, "augment.noise, offset and scale must be 0 or more");
        TrainSpec.require(channelDropout >= 0 && channelDropout < 1 && timeWarp >= 0 && timeWarp < 1,
                "augment.channelDropout and timeWarp must be at least 0 and below 1");
    }

    /**
     * Changes one window in place.
     *
     * @param features {@code [windows, steps, width]}
     * @param from     index of the window's first value
     */
    void apply(float[] features, int from, int steps, int width, FeatureLayout layout, Random random) {
        if (timeWarp > 0) {
            warp(features, from, steps, width, 1 - timeWarp * random.nextDouble());
        }
        if (noise == 0 && offset == 0 && scale == 0 && channelDropout == 0) {
            return;
        }
        int channels = layout.channels();
        double[] offsets = new double[channels];
        double[] factors = new double[channels];
        for (int k = 0; k < channels; k++) {
            offsets[k] = offset == 0 ? 0 : offset * random.nextGaussian();
            factors[k] = scale == 0 ? 1 : Math.exp(scale * random.nextGaussian());
            if (channelDropout > 0 && random.nextDouble() < channelDropout) {
                factors[k] = 0;
                offsets[k] = Double.NaN;
            }
        }
        for (int step = 0; step < steps; step++) {
            int at = from + step * width;
            for (int f = 0; f < channels * layout.copies(); f++) {
                int k = f % channels;
                features[at + f] = Double.isNaN(offsets[k]) ? 0
                        : (float) (features[at + f] * factors[k] + noise * random.nextGaussian() + offsets[k]);
            }
        }
    }

    /**
     * Reads the window's newest part slower. The last step stays the last: targets belong to it, and those of earlier steps
     * are then read a little early, which a label of a slowly changing quantity survives.
     */
    private static void warp(float[] features, int from, int steps, int width, double speed) {
        float[] window = java.util.Arrays.copyOfRange(features, from, from + steps * width);
        for (int step = 0; step < steps; step++) {
            double source = steps - 1 - (steps - 1 - step) * speed;
            int low = (int) Math.floor(source);
            int high = Math.min(low + 1, steps - 1);
            float weight = (float) (source - low);
            for (int f = 0; f < width; f++) {
                float a = window[low * width + f];
                features[from + step * width + f] = a + weight * (window[high * width + f] - a);
            }
        }
    }
}
