package dev.adze.runtime.preprocess;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PreprocessorTest {
    private static final float NAN = Float.NaN;

    private static PreprocessSpec spec(int fill, double clip, List<Double> alphas, boolean mask) {
        return new PreprocessSpec(List.of(new ChannelSpec("a", "", 10, 2, 0, 20), new ChannelSpec("b", "", 0, 4, -9, 9)),
                fill, clip, alphas, mask);
    }

    private static float[] apply(Preprocessor preprocessor, PreprocessSpec spec, float... raw) {
        float[] features = new float[spec.featureCount()];
        preprocessor.apply(raw, features);
        return features;
    }

    @Test
    void valuesAreCenteredScaledAndClipped() {
        PreprocessSpec spec = spec(0, 3, List.of(), false);
        Preprocessor p = new Preprocessor(spec);
        assertArrayEquals(new float[] {1, 0.5f}, apply(p, spec, 12, 2));
        assertArrayEquals(new float[] {3, 3}, apply(p, spec, 1000, 1000));
        assertArrayEquals(new float[] {-3, -3}, apply(p, spec, -1e30f, -1e30f));
    }

    @Test
    void missingValuesRepeatTheLastAndThenFallBackToTheCenter() {
        PreprocessSpec spec = spec(2, Double.POSITIVE_INFINITY, List.of(), true);
        Preprocessor p = new Preprocessor(spec);
        assertArrayEquals(new float[] {0, 1, 0, 1}, apply(p, spec, NAN, 4));
        assertArrayEquals(new float[] {1, 1, 1, 0}, apply(p, spec, 12, NAN));
        assertArrayEquals(new float[] {1, 1, 0, 0}, apply(p, spec, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY));
        assertArrayEquals(new float[] {1, 0, 0, 0}, apply(p, spec, NAN, NAN));
        assertArrayEquals(new float[] {0, 0, 0, 0}, apply(p, spec, NAN, NAN));
        assertArrayEquals(new float[] {0, 2, 0, 1}, apply(p, spec, NAN, 8));
    }

    @Test
    void averagesAreThePlainMeanWhileYoung() {
        PreprocessSpec spec = spec(0, 100, List.of(0.001, 0.5), false);
        Preprocessor p = new Preprocessor(spec);
        assertArrayEquals(new float[] {1, 0, 1, 0, 1, 0}, apply(p, spec, 12, 0));
        assertArrayEquals(new float[] {3, 0, 2, 0, 2, 0}, apply(p, spec, 16, 0));
        assertArrayEquals(new float[] {5, 0, 3, 0, 3.5f, 0}, apply(p, spec, 20, 0));
    }

    @Test
    void randomSeriesFollowTheFormula() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            double alpha = random.nextDouble(0.01, 0.99);
            PreprocessSpec spec = spec(0, 2, List.of(alpha), true);
            Preprocessor p = new Preprocessor(spec);
            double average = 0;
            for (int t = 0; t < 50; t++) {
                float raw = random.nextInt(6) == 0 ? NAN : 10 + 5 * (float) random.nextGaussian();
                double s = Float.isNaN(raw) ? 0 : Math.min(2, Math.max(-2, ((double) raw - 10) / 2));
                average = t == 0 ? s : average + Math.max(alpha, 1.0 / (t + 1)) * (s - average);
                float[] features = apply(p, spec, raw, 0);
                assertEquals((float) s, features[0], "seed " + seed + ", step " + t);
                assertEquals((float) average, features[2], 1e-6f, "seed " + seed + ", step " + t);
                assertEquals(Float.isNaN(raw) ? 0 : 1, features[4]);
            }
        }
    }

    @Test
    void resetForgetsEverything() {
        PreprocessSpec spec = spec(5, 9, List.of(0.1), true);
        Preprocessor p = new Preprocessor(spec);
        float[] first = apply(p, spec, NAN, 3);
        apply(p, spec, 14, 5);
        p.reset();
        assertArrayEquals(first, apply(p, spec, NAN, 3));
    }

    @Test
    void impossibleSpecsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> spec(-1, 1, List.of(), false));
        assertThrows(IllegalArgumentException.class, () -> spec(0, 0, List.of(), false));
        assertThrows(IllegalArgumentException.class, () -> spec(0, Double.NaN, List.of(), false));
        assertThrows(IllegalArgumentException.class, () -> spec(0, 1, List.of(1.0), false));
        assertThrows(IllegalArgumentException.class, () -> new PreprocessSpec(List.of(), 0, 1, List.of(), false));
        for (double bad : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> new ChannelSpec("a", "", 0, bad, 0, 1));
        }
        assertTrue(spec(0, 1, List.of(0.1, 0.2), true).featureCount() == 8);
    }
}
