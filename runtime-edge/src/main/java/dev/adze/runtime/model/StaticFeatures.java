package dev.adze.runtime.model;

import java.util.HashSet;
import java.util.List;

/**
 * Gives on what it takes, and after it some of the network's own features of the same step, around all layers between: what
 * is constant for a machine, such as its type or size, then reaches the head as it is. It may follow pooling.
 *
 * @param features indices of the network's features, each once, in the order of the outputs
 */
public record StaticFeatures(int inputSize, List<Integer> features) implements FeedForwardLayer {
    public StaticFeatures {
        Sizes.requirePositive("static-features inputSize", inputSize);
        features = List.copyOf(features);
        Sizes.require(!features.isEmpty(), "a static-features layer without features does nothing; leave it out");
        Sizes.require(new HashSet<>(features).size() == features.size(), "a static-features layer names a feature twice: " + features);
        Sizes.require(features.stream().allMatch(f -> f >= 0 && f < Sizes.MAX), "static features are numbered from 0: " + features);
        Sizes.requirePositive("static-features outputSize", inputSize + features.size());
    }

    @Override
    public String kind() {
        return "static-features";
    }

    @Override
    public int outputSize() {
        return inputSize + features.size();
    }

    @Override
    public List<TensorSpec> tensors() {
        return List.of();
    }

    @Override
    public long multiplyAccumulates() {
        return 0;
    }
}
