package dev.adze.compress.train;

import java.util.stream.IntStream;

/** At most so many of another's windows, spread evenly over them. */
public final class SpreadWindows implements Windows {
    private final Windows all;
    private final int[] chosen;

    public SpreadWindows(Windows all, int most) {
        this.all = all;
        int count = Math.min(most, all.size());
        chosen = IntStream.range(0, count).map(i -> (int) ((long) i * all.size() / count)).toArray();
    }

    @Override
    public int size() {
        return chosen.length;
    }

    @Override
    public int windowSteps() {
        return all.windowSteps();
    }

    @Override
    public int featureCount() {
        return all.featureCount();
    }

    @Override
    public int targetCount() {
        return all.targetCount();
    }

    @Override
    public void fill(int[] indices, int count, float[] features, float[] targets) {
        all.fill(IntStream.range(0, count).map(i -> chosen[indices[i]]).toArray(), count, features, targets);
    }
}
