package dev.adze.compress.train;

import dev.adze.runtime.preprocess.PreprocessSpec;

/**
 * Which features come from which channel, so that augmentation can treat a channel and its averages alike.
 *
 * @param channels number of raw channels
 * @param copies   features a channel that carry its value: itself and its moving averages; feature
 *                 {@code copy * channels + channel}. Features after these (a validity mask) are never changed
 */
public record FeatureLayout(int channels, int copies) {
    public static FeatureLayout of(PreprocessSpec spec) {
        return new FeatureLayout(spec.channels().size(), 1 + spec.emaAlphas().size());
    }
}
