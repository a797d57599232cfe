package dev.adze.runtime.preprocess;

import java.util.List;

/**
 * Everything between raw sensor values and the network's input, the same on the workstation and on the device.
 * See {@link Preprocessor} for the arithmetic.
 *
 * @param channels         raw channels in input order
 * @param forwardFillSteps a missing value repeats the last valid one for at most this many steps; after that, and
 *                         before the first valid value, the channel's {@code center} (a scaled 0) stands in
 * @param clip             scaled values are clipped to [-clip, clip]; infinity for no clipping
 * @param emaAlphas        for every alpha, one feature a channel: the exponential moving average of the scaled value,
 *                         0 &lt; alpha &lt; 1
 * @param validityMask     whether a 1 (measured) or 0 (filled in) a channel is appended to the features
 */
public record PreprocessSpec(
        List<ChannelSpec> channels, int forwardFillSteps, double clip, List<Double> emaAlphas, boolean validityMask) {
    public PreprocessSpec {
        channels = List.copyOf(channels);
        emaAlphas = List.copyOf(emaAlphas);
        if (channels.isEmpty() || forwardFillSteps < 0 || !(clip > 0)
                || emaAlphas.stream().anyMatch(a -> !(a > 0 && a < 1))) {
            throw new IllegalArgumentException("preprocessing: " + channels.size() + " channels, forwardFillSteps "
                    + forwardFillSteps + ", clip " + clip + ", emaAlphas " + emaAlphas);
        }
    }

    /**
     * Indices of channels, which are those of their scaled values among the features.
     *
     * @throws IllegalArgumentException for a name that is no channel's
     */
    public List<Integer> channelIndices(List<String> names) {
        List<String> all = channels.stream().map(ChannelSpec::name).toList();
        return names.stream().map(name -> {
            if (!all.contains(name)) {
                throw new IllegalArgumentException("no channel " + name + " among " + all);
            }
            return all.indexOf(name);
        }).toList();
    }

    /** Length of the feature vector: {@code channels * (1 + emaAlphas + (validityMask ? 1 : 0))}. */
    public int featureCount() {
        return channels.size() * (1 + emaAlphas.size() + (validityMask ? 1 : 0));
    }
}
