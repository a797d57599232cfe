package dev.adze.compress.dataset;

import static dev.adze.compress.dataset.Recordings.NAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adze.compress.SharedData;
import dev.adze.compress.data.Channel;
import dev.adze.compress.data.CmapssReader;
import dev.adze.compress.data.Refusals;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.runtime.AdzeException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetsTest {
    @Test
    void remainingLifeCountsDownToZeroUnderItsCap() {
        SensorRecording r = Recordings.of(new int[] {4, 2}, new float[6]);
        assertArrayEquals(new float[] {2, 2, 1, 0, 1, 0}, Targets.remainingLife(r, 2).values());
        assertArrayEquals(new float[] {5, 5, 5, 4, 1, 0}, Targets.remainingLife(r, 5, new float[] {4, 0}).values());
        Refusals.assertRefused(() -> Targets.remainingLife(r, 5, new float[] {4, -1}), "unit u1");
        Refusals.assertRefused(() -> Targets.remainingLife(r, 5, new float[] {NAN, 1}), "unit u0");
    }

    @Test
    void remainingLifeCountsThePausesBetweenAUnitsSeries() {
        var r = new SensorRecording(List.of(new Channel("x", "")), new float[1][6],
                List.of(new Series("m", 0, 2), new Series("m", 2, 2), new Series("n", 4, 2)),
                new long[] {0, 1000, 9_000, 10_000, 0, 1000}, 1000);
        assertArrayEquals(new float[] {10, 9, 1, 0, 1, 0}, Targets.remainingLife(r, 99).values());
        assertArrayEquals(new float[] {12, 11, 3, 2, 1, 0}, Targets.remainingLife(r, 99, new float[] {2, 0}).values());
    }

    @Test
    void remainingLifeOfPublishedTestEnginesEndsAtThePublishedValue() {
        CmapssReader.Cmapss set = CmapssReader.readSet(SharedData.folder("cmapss-fd001"), "FD001");
        Targets test = Targets.remainingLife(set.test(), Float.POSITIVE_INFINITY, set.remainingLife());
        // Engine 1: 31 cycles seen, 112 left after them.
        assertEquals(142, test.value(0, 0));
        assertEquals(112, test.value(30, 0));
        assertEquals(20, test.value(set.test().rowCount() - 1, 0));
        assertEquals(191, Targets.remainingLife(set.train(), Float.POSITIVE_INFINITY).value(0, 0));
    }

    @Test
    void everyStepOfTheHorizonCanBeATarget() {
        SensorRecording r = Recordings.of(new int[] {4, 2}, new float[] {0, 1, 2, 3, 10, 11}, new float[] {5, 6, NAN, 8, 9, 9});
        Targets all = Targets.everyStep(r, List.of("a", "b"), 2);
        assertEquals(List.of("a+1", "b+1", "a+2", "b+2"), all.names().stream().map(Channel::name).toList());
        assertArrayEquals(new float[] {1, 6, 2, NAN, 2, NAN, 3, 8, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN,
            NAN, NAN, NAN, NAN}, all.values());
        assertArrayEquals(new float[] {0, 4, -1, NAN}, java.util.Arrays.copyOf(all.less((row, o) -> o + 1).values(), 4));
        Refusals.assertRefused(Kind.USAGE, () -> Targets.everyStep(r, List.of("a"), 0), "it needs a channel, a step");
    }

    @Test
    void forecastsLookAheadWithinTheirSeries() {
        SensorRecording r = Recordings.of(new int[] {4, 2}, new float[] {0, 1, 2, 3, 10, 11}, new float[] {5, 6, NAN, 8, 9, 9});
        Targets one = Targets.forecast(r, List.of("a"), 1, 1);
        assertArrayEquals(new float[] {1, 2, 3, NAN, 11, NAN}, one.values());
        assertEquals(1, one.horizonSteps());
        Targets both = Targets.forecast(r, List.of("b", "a"), 2, 2);
        assertArrayEquals(new float[] {6, 1.5f, 8, 2.5f, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}, both.values());
        assertEquals("b", both.names().getFirst().name());
    }

    @Test
    void forecastsOfMissingValuesAreMissing() {
        SensorRecording r = Recordings.of(new float[] {0, NAN, NAN, 3});
        assertArrayEquals(new float[] {NAN, NAN, 3, NAN}, Targets.forecast(r, List.of("a"), 1, 1).values());
        assertArrayEquals(new float[] {NAN, 3, NAN, NAN}, Targets.forecast(r, List.of("a"), 2, 2).values());
    }

    @Test
    void impossibleForecastsAreRefused() {
        SensorRecording r = Recordings.of(new float[3]);
        Refusals.assertRefused(Kind.USAGE, () -> Targets.forecast(r, List.of("a"), 0, 1), "horizon");
        Refusals.assertRefused(Kind.USAGE, () -> Targets.forecast(r, List.of("a"), 2, 3), "mean over 3");
        Refusals.assertRefused(() -> Targets.forecast(r, List.of("x"), 1, 1), "no channel x");
    }

    @Test
    void classesMustBeIndices() {
        SensorRecording r = Recordings.of(new float[] {0, 1, NAN, 2}, new float[] {0, 0.5f, 1, 1});
        assertArrayEquals(new float[] {0, 1, NAN, 2}, Targets.classes(r, "a", 3).values());
        Refusals.assertRefused(() -> Targets.classes(r, "a", 2), "column a holds 2.0 in row 4", "0 to 1");
        Refusals.assertRefused(() -> Targets.classes(r, "b", 2), "0.5 in row 2");
    }
}
