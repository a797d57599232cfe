package dev.adze.compress.dataset;

import dev.adze.compress.train.Windows;

/** One set of windows after another: index i of the second is {@code first.size() + i}. */
public record JoinedWindows(Windows first, Windows second) implements Windows {
    public JoinedWindows {
        if (first.windowSteps() != second.windowSteps() || first.featureCount() != second.featureCount()
                || first.targetCount() != second.targetCount()) {
            throw new IllegalArgumentException("windows of other shapes cannot be joined");
        }
    }

    @Override
    public int size() {
        return Math.addExact(first.size(), second.size());
    }

    @Override
    public int follower(int window) {
        if (window < first.size()) {
            return first.follower(window);
        }
        int next = second.follower(window - first.size());
        return next < 0 ? -1 : next + first.size();
    }

    @Override
    public int windowSteps() {
        return first.windowSteps();
    }

    @Override
    public int featureCount() {
        return first.featureCount();
    }

    @Override
    public int targetCount() {
        return first.targetCount();
    }

    @Override
    public void fill(int[] indices, int count, float[] features, float[] targets) {
        int featureFloats = windowSteps() * featureCount();
        int targetFloats = windowSteps() * targetCount();
        float[] ownFeatures = new float[featureFloats];
        float[] ownTargets = new float[targetFloats];
        for (int i = 0; i < count; i++) {
            boolean inFirst = indices[i] < first.size();
            int[] index = {inFirst ? indices[i] : indices[i] - first.size()};
            (inFirst ? first : second).fill(index, 1, ownFeatures, ownTargets);
            System.arraycopy(ownFeatures, 0, features, i * featureFloats, featureFloats);
            System.arraycopy(ownTargets, 0, targets, i * targetFloats, targetFloats);
        }
    }
}
