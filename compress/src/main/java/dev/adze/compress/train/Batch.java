package dev.adze.compress.train;

import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Reused host memory of one batch and its way into tensors. */
final class Batch implements AutoCloseable {
    private final Windows windows;
    private final float[] features;
    private final float[] targets;
    private final FloatPointer featurePointer;
    private final FloatPointer targetPointer;
    private int[] indices;
    private int count;

    Batch(Windows windows, int batchSize) {
        this.windows = windows;
        features = new float[batchSize * windows.windowSteps() * windows.featureCount()];
        targets = new float[batchSize * windows.windowSteps() * windows.targetCount()];
        featurePointer = new FloatPointer(features.length);
        targetPointer = new FloatPointer(targets.length);
    }

    void load(int[] indices, int count) {
        this.indices = indices;
        this.count = count;
        windows.fill(indices, count, features, targets);
    }

    /**
     * Augments the loaded windows as a sensor would: independent noise on every value, and an offset a window and
     * channel that shifts the channel and its averages alike (no two units read the same when they are new).
     */
    void augment(double noise, double offset, FeatureLayout layout, Random random) {
        int width = windows.featureCount();
        int varied = layout.channels() * layout.copies();
        double[] offsets = new double[layout.channels()];
        for (int window = 0; window < count; window++) {
            for (int k = 0; k < offsets.length; k++) {
                offsets[k] = offset * random.nextGaussian();
            }
            for (int step = 0; step < windows.windowSteps(); step++) {
                int at = (window * windows.windowSteps() + step) * width;
                for (int f = 0; f < varied; f++) {
                    features[at + f] += (float) (noise * random.nextGaussian() + offsets[f % offsets.length]);
                }
            }
        }
    }

    /** {@code [count, steps, features]}; shares the batch's memory until the next {@link #load}. */
    Tensor features() {
        featurePointer.position(0).put(features, 0, features.length);
        return torch.from_blob(featurePointer, count, windows.windowSteps(), windows.featureCount());
    }

    /** {@code [count, steps, targets]}; shares the batch's memory until the next {@link #load}. */
    Tensor targets() {
        targetPointer.position(0).put(targets, 0, targets.length);
        return torch.from_blob(targetPointer, count, windows.windowSteps(), windows.targetCount());
    }

    int[] indices() {
        return indices;
    }

    int count() {
        return count;
    }

    @Override
    public void close() {
        featurePointer.close();
        targetPointer.close();
    }
}
