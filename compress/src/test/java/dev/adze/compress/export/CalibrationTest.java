package dev.adze.compress.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private final Calibration samples = Calibration.of(
            RandomModels.weights(RecurrentNetwork.stackedLstm(2, 1, 4, 1), new Random(1)), new float[] {-1, 0.5f, 2, 1});

    private Calibration covering(double clip, ChannelSpec... channels) {
        return samples.covering(new PreprocessSpec(List.of(channels), 0, clip, List.of(), false));
    }

    @Test
    void theFeatureRangeCoversSamplesAndTraining() {
        assertEquals(-1, samples.smallest());
        assertEquals(2, samples.largest());
        Calibration wider = covering(6, new ChannelSpec("a", "", 10, 2, 4, 11), new ChannelSpec("b", "", 0, -0.5, -1, 9));
        assertEquals(-6, wider.smallest(), "9 / -0.5 is clipped to -6");
        assertEquals(2, wider.largest());
        assertEquals(samples.largestCell(), wider.largestCell());
    }

    @Test
    void aChannelWithoutARangeChangesNothing() {
        assertEquals(samples, covering(Double.POSITIVE_INFINITY,
                new ChannelSpec("a", "", 0, 1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
                new ChannelSpec("b", "", 0, 1, Double.NaN, Double.NaN)));
    }

    @Test
    void cellStatesMayGoEightTimesAsFarAsInTheSamples() {
        for (float largest : new float[] {0.2f, 1, 3.7f, 7.9f}) {
            int exponent = new Calibration(-1, 1, List.of(largest)).cellScaleExponent(0);
            assertTrue(Math.scalb(32767f, exponent) >= 8 * largest && Math.scalb(32767f, exponent) < 17 * largest,
                    largest + " at 2^" + exponent);
        }
        assertEquals(-15, new Calibration(-1, 1, List.of(0f)).cellScaleExponent(0), "no finer than the operator's tanh");
        assertEquals(-9, new Calibration(-1, 1, List.of(500f)).cellScaleExponent(0), "nor coarser");
    }

    @Test
    void zeroIsExactAndTheRangeFillsEightBits() {
        assertEquals(3.0 / 255, samples.featureScale(), 1e-9);
        assertEquals(Math.round(-128 + 1 / samples.featureScale()), samples.featureZeroPoint());
    }
}
