package dev.adze.compress.train;

import java.util.Random;

/** Two noisy sines of random frequency and phase; the target is the first one, three steps ahead. */
public final class SineWindows implements Windows {
    private static final int STEPS = 12;
    private final float[][] features;
    private final float[][] targets;

    public SineWindows(int count, long seed) {
        var random = new Random(seed);
        features = new float[count][STEPS * 2];
        targets = new float[count][STEPS];
        for (int w = 0; w < count; w++) {
            double frequency = 0.2 + 0.6 * random.nextDouble();
            double phase = 2 * Math.PI * random.nextDouble();
            for (int t = 0; t < STEPS; t++) {
                features[w][2 * t] = (float) (Math.sin(phase + frequency * t) + 0.05 * random.nextGaussian());
                features[w][2 * t + 1] = (float) Math.cos(phase + 2 * frequency * t);
                targets[w][t] = (float) Math.sin(phase + frequency * (t + 3));
            }
        }
    }

    @Override
    public int size() {
        return features.length;
    }

    @Override
    public int windowSteps() {
        return STEPS;
    }

    @Override
    public int featureCount() {
        return 2;
    }

    @Override
    public int targetCount() {
        return 1;
    }

    @Override
    public void fill(int[] indices, int count, float[] featureTarget, float[] targetTarget) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(features[indices[i]], 0, featureTarget, i * STEPS * 2, STEPS * 2);
            System.arraycopy(targets[indices[i]], 0, targetTarget, i * STEPS, STEPS);
        }
    }
}
