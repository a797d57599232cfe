package dev.adze.compress.dataset;

import static dev.adze.compress.dataset.Recordings.NAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.data.Refusals;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.runtime.bundle.TaskSpec.OutputSpec;
import dev.adze.runtime.preprocess.ChannelSpec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScalingFitterTest {
    private static ChannelSpec fit(Scaling scaling, float... values) {
        SensorRecording r = Recordings.of(values);
        return ScalingFitter.fit(r, r.series(), scaling).channels().getFirst();
    }

    @Test
    void knowsTheThreeScalings() {
        float[] values = {2, 4, NAN, 4, 4, 5, 5, 7, 9};
        assertEquals(new ChannelSpec("a", "V", 5, 2, 2, 9), fit(Scaling.STANDARD, values));
        assertEquals(new ChannelSpec("a", "V", 2, 7, 2, 9), fit(Scaling.MIN_MAX, values));
        // Quartiles as numpy.percentile gives them: 4.0, 4.5, 5.5.
        assertEquals(new ChannelSpec("a", "V", 4.5, 1.5, 2, 9), fit(Scaling.ROBUST, values));
    }

    @Test
    void robustScalingOfARestingChannelUsesItsDeviation() {
        ChannelSpec c = fit(Scaling.ROBUST, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10);
        assertEquals(0, c.center());
        assertEquals(3, c.scale(), 1e-12);
    }

    @Test
    void looksAtTrainingRowsOnly() {
        SensorRecording r = Recordings.of(new float[] {1, 3, 1000, -1000});
        ChannelSpec c = ScalingFitter.fit(r, List.of(new Series("u0", 0, 2)), Scaling.STANDARD).channels().getFirst();
        assertEquals(new ChannelSpec("a", "V", 2, 1, 1, 3), c);
    }

    @Test
    void constantChannelsGetScaleOneAndAreReported() {
        for (Scaling scaling : Scaling.values()) {
            SensorRecording r = Recordings.of(new float[] {7, 7, 7}, new float[] {1, 2, 3},
                    new float[] {1e7f, 1e7f, Math.nextUp(1e7f)}, new float[] {0, 1e-40f, 0});
            ScalingFitter.Inputs inputs = ScalingFitter.fit(r, r.series(), scaling);
            assertTrue(inputs.constant().containsAll(List.of("a", "d")), inputs.constant() + " by " + scaling);
            assertEquals(1, inputs.channels().get(0).scale());
            assertEquals(1, inputs.channels().get(3).scale());
            assertTrue(!inputs.constant().contains("b"));
        }
    }

    @Test
    void refusesChannelsWithoutAnyValue() {
        SensorRecording r = Recordings.of(new float[] {1, 2, 3}, new float[] {NAN, NAN, 3});
        Refusals.assertRefused(() -> ScalingFitter.fit(r, List.of(new Series("u0", 0, 2)), Scaling.STANDARD),
                "channel b has no value in the training rows", "leave it out");
    }

    @Test
    void refusesTargetsThatTeachNothing() {
        SensorRecording r = Recordings.of(new float[] {5, 5, 5, 6}, new float[] {NAN, NAN, NAN, 1});
        var training = List.of(new Series("u0", 0, 3));
        Refusals.assertRefused(() -> ScalingFitter.fit(Targets.columns(r, List.of("a")), training, Scaling.STANDARD),
                "target a is 5.0 in all 3 training rows");
        Refusals.assertRefused(() -> ScalingFitter.requireVaried(Targets.columns(r, List.of("b")), training),
                "target b has no value in the training rows");
    }

    @Test
    void targetsComeBackFromTheirScale() {
        SensorRecording r = Recordings.of(new float[] {10, 20, 30, 40});
        Targets life = Targets.remainingLife(r, 2);
        List<OutputSpec> outputs = ScalingFitter.fit(life, r.series(), Scaling.STANDARD);
        OutputSpec output = outputs.getFirst();
        assertEquals("remaining-life", output.name());
        assertEquals(0, output.min());
        assertEquals(2, output.max());
        Targets scaled = life.scaled(outputs);
        for (int row = 0; row < 4; row++) {
            assertEquals(life.value(row, 0), output.center() + output.scale() * scaled.value(row, 0), 1e-6);
        }
    }

    @Test
    void scaledTrainingRowsHaveTheirScalingsShape() {
        var random = Recordings.seeded("ScalingFitterTest");
        for (int i = 0; i < 100; i++) {
            SensorRecording r = Recordings.random(random, 1, random.nextDouble() * 0.5);
            float[] values = r.column(0);
            double[] valid = new double[values.length];
            int n = 0;
            for (float v : values) {
                if (!Float.isNaN(v)) {
                    valid[n++] = v;
                }
            }
            if (n < 8) {
                continue;
            }
            double[] raw = Arrays.copyOf(valid, n);
            for (Scaling scaling : Scaling.values()) {
                ChannelSpec c = ScalingFitter.fit(r, r.series(), scaling).channels().getFirst();
                double[] s = Arrays.stream(raw).map(v -> (v - c.center()) / c.scale()).sorted().toArray();
                switch (scaling) {
                    case STANDARD -> {
                        assertEquals(0, Arrays.stream(s).average().orElseThrow(), 1e-9);
                        assertEquals(1, Arrays.stream(s).map(v -> v * v).average().orElseThrow(), 1e-9);
                    }
                    case MIN_MAX -> {
                        assertEquals(0, s[0], 1e-12);
                        assertEquals(1, s[n - 1], 1e-12);
                    }
                    case ROBUST -> {
                        assertEquals(0, n % 2 == 1 ? s[n / 2] : (s[n / 2 - 1] + s[n / 2]) / 2, 1e-9);
                        long within = Arrays.stream(s).filter(v -> Math.abs(v) <= 1).count();
                        assertTrue(within >= n / 2 - 1, within + " of " + n + " within one quartile range");
                    }
                }
            }
        }
    }
}
