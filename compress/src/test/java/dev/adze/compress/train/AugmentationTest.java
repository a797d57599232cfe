package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Windows of 8 steps; 2 channels, each with one average beside it, and a mask a channel: 6 features a step. */
class AugmentationTest {
    private static final int STEPS = 8;
    private static final int WIDTH = 6;
    private static final FeatureLayout LAYOUT = new FeatureLayout(2, 2);

    private static float[] ramp() {
        float[] features = new float[STEPS * WIDTH];
        for (int i = 0; i < features.length; i++) {
            features[i] = i % WIDTH >= 4 ? 1 : 10 * (i % WIDTH) + i / WIDTH;
        }
        return features;
    }

    private static float[] augmented(Augmentation augmentation, long seed) {
        float[] features = ramp();
        augmentation.apply(features, 0, STEPS, WIDTH, LAYOUT, new Random(Torch.mix(seed, 0)));
        return features;
    }

    @Test
    void nothingIsChangedByNone() {
        assertArrayEquals(ramp(), augmented(Augmentation.NONE, 1));
    }

    @Test
    void offsetAndScaleActOnAChannelAndItsAverageAlikeOverTheWholeWindow() {
        float[] shifted = augmented(new Augmentation(0, 1, 0, 0, 0), 3);
        float[] scaled = augmented(new Augmentation(0, 0, 0.5, 0, 0), 3);
        for (int channel = 0; channel < 2; channel++) {
            float offset = shifted[channel] - ramp()[channel];
            float factor = scaled[2 + channel] / ramp()[2 + channel];
            assertTrue(offset != 0 && factor > 0 && factor != 1);
            for (int step = 0; step < STEPS; step++) {
                for (int f : new int[] {channel, channel + 2}) {
                    int at = step * WIDTH + f;
                    assertEquals(ramp()[at] + offset, shifted[at], 1e-4);
                    assertEquals(ramp()[at] * factor, scaled[at], 1e-3);
                }
            }
        }
    }

    @Test
    void noiseHasTheGivenDeviationAndLeavesMasksAlone() {
        double squares = 0;
        int values = 0;
        for (int seed = 0; seed < 200; seed++) {
            float[] noisy = augmented(new Augmentation(0.25, 0, 0, 0, 0), seed);
            for (int i = 0; i < noisy.length; i++) {
                if (i % WIDTH >= 4) {
                    assertEquals(1, noisy[i]);
                } else {
                    squares += Math.pow(noisy[i] - ramp()[i], 2);
                    values++;
                }
            }
        }
        assertEquals(0.25, Math.sqrt(squares / values), 0.01);
    }

    @Test
    void aDroppedChannelReadsItsMeanEverywhereAboutAsOftenAsAsked() {
        int dropped = 0;
        for (int seed = 0; seed < 1000; seed++) {
            float[] features = augmented(new Augmentation(0.1, 0, 0, 0.3, 0), seed);
            boolean gone = features[0] == 0;
            dropped += gone ? 1 : 0;
            for (int step = 0; step < STEPS; step++) {
                assertEquals(gone, features[step * WIDTH] == 0 && features[step * WIDTH + 2] == 0);
            }
        }
        assertEquals(300, dropped, 45);
    }

    @Test
    void timeWarpKeepsTheLastStepAndReadsTheRestSlower() {
        float[] warped = augmented(new Augmentation(0, 0, 0, 0, 0.5), 7);
        double speed = 1 - (double) (warped[0] - 0) / (STEPS - 1);
        assertTrue(speed >= 0.5 && speed < 1, "speed " + speed);
        for (int step = 0; step < STEPS; step++) {
            assertEquals(STEPS - 1 - (STEPS - 1 - step) * speed, warped[step * WIDTH], 1e-4);
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThrows(AdzeException.class, () -> new Augmentation(-1, 0, 0, 0, 0));
        assertThrows(AdzeException.class, () -> new Augmentation(0, 0, 0, 1, 0));
        assertThrows(AdzeException.class, () -> new Augmentation(0, 0, 0, 0, Double.NaN));
    }
}
