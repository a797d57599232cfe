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

    /** Changes the loaded features; see {@link Augmentation}. */
    void augment(Augmentation augmentation, FeatureLayout layout, Random random) {
        int perWindow = windows.windowSteps() * windows.featureCount();
        for (int window = 0; window < count; window++) {
            augmentation.apply(features, window * perWindow, windows.windowSteps(), windows.featureCount(), layout, random);
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
