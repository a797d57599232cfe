package dev.adze.compress.dataset;

import static dev.adze.compress.dataset.Recordings.NAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.data.Refusals;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.preprocess.Preprocessor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowedDatasetTest {
    private static PreprocessSpec plain(SensorRecording r) {
        return new PreprocessSpec(r.channels().stream().map(c -> new ChannelSpec(c.name(), c.unit(), 0, 1, 0, 1)).toList(),
                2, Double.POSITIVE_INFINITY, List.of(), false);
    }

    private static WindowedDataset sliding(SensorRecording r, Targets targets, int window, int stride) {
        return WindowedDataset.sliding("training", FeatureTable.of(r, plain(r)), targets, r.series(), window, stride, window - 1);
    }

    @Test
    void windowsSlideWithinSeries() {
        SensorRecording r = Recordings.of(new int[] {5, 2, 3}, new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
        WindowedDataset d = sliding(r, Targets.columns(r, List.of("a")), 3, 1);
        assertEquals(4, d.size());
        float[] features = new float[2 * 3];
        float[] targets = new float[2 * 3];
        d.fill(new int[] {3, 1, 99}, 2, features, targets);
        assertArrayEquals(new float[] {7, 8, 9, 1, 2, 3}, features);
        assertArrayEquals(features, targets);
        assertEquals(7, d.firstRow(3));
        assertEquals(9, d.lastRow(3));
        assertEquals(3, sliding(r, Targets.columns(r, List.of("a")), 3, 2).size());
    }

    @Test
    void aWindowsFollowerStartsWhereItEndsInTheSameSeries() {
        SensorRecording r = Recordings.of(new int[] {6, 4, 1}, new float[11]);
        WindowedDataset d = sliding(r, Targets.columns(r, List.of("a")), 2, 1);
        assertEquals(5 + 3, d.size());
        assertEquals(2, d.follower(0));
        assertEquals(-1, d.follower(4)); // the next series begins in the row after it
        assertEquals(7, d.follower(5));
        assertEquals(-1, d.follower(6));
        assertEquals(-1, sliding(r, Targets.columns(r, List.of("a")), 3, 2).follower(0));
        assertEquals(1, sliding(r, Targets.columns(r, List.of("a")), 2, 2).follower(0));
    }

    @Test
    void unlabelledWindowsHaveNoTargets() {
        SensorRecording r = Recordings.of(new int[] {5, 1, 3}, new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8});
        WindowedDataset d = WindowedDataset.unlabelled(FeatureTable.of(r, plain(r)), 2, r.series(), 3, 2);
        assertEquals(3, d.size());
        float[] features = new float[3];
        float[] targets = new float[6];
        d.fill(new int[] {2}, 1, features, targets);
        assertArrayEquals(new float[] {6, 7, 8}, features);
        assertArrayEquals(new float[] {NAN, NAN, NAN, NAN, NAN, NAN}, targets);
        Refusals.assertRefused(() -> WindowedDataset.unlabelled(FeatureTable.of(r, plain(r)), 2, r.series(), 6, 1),
                "the unlabelled files have too few rows for a window of 6");
    }

    @Test
    void windowsWithoutACountedTargetAreLeftOut() {
        SensorRecording r = Recordings.of(new float[] {0, 1, 2, 3, 4, 5}, new float[] {1, NAN, NAN, NAN, 5, NAN});
        Targets b = Targets.columns(r, List.of("b"));
        var features = FeatureTable.of(r, plain(r));
        assertEquals(1, WindowedDataset.sliding("training", features, b, r.series(), 2, 1, 1).size());
        assertEquals(3, WindowedDataset.sliding("training", features, b, r.series(), 2, 1, 0).size());
        assertEquals(3, WindowedDataset.sliding("training", features, b, r.series(), 3, 1, 0).size());
    }

    @Test
    void tooFewRowsAndNoTargetsAreRefused() {
        SensorRecording r = Recordings.of(new int[] {4, 3}, new float[7]);
        Refusals.assertRefused(() -> sliding(r, Targets.columns(r, List.of("a")), 5, 1),
                "the training part has too few rows for a window: 4 in its longest piece, where 5 are needed");
        Refusals.assertRefused(() -> sliding(r, Targets.forecast(r, List.of("a"), 3, 1), 4, 1), "no window of the training part");
        var features = FeatureTable.of(r, plain(r));
        Refusals.assertRefused(() -> WindowedDataset.last(features, Targets.columns(r, List.of("a")), r.series(), 4),
                "unit u1 has only 3 rows for a window of 4");
        Refusals.assertRefused(() -> WindowedDataset.last(features, Targets.forecast(r, List.of("a"), 1, 1), r.series(), 2),
                "unit u0 has no target");
    }

    @Test
    void lastWindowsEndTheirSeries() {
        SensorRecording r = Recordings.of(new int[] {4, 3}, new float[] {0, 1, 2, 3, 4, 5, 6});
        WindowedDataset d = WindowedDataset.last(FeatureTable.of(r, plain(r)), Targets.remainingLife(r, 9, new float[] {7, 8}),
                r.series(), 2);
        float[] features = new float[4];
        float[] targets = new float[4];
        d.fill(new int[] {0, 1}, 2, features, targets);
        assertArrayEquals(new float[] {2, 3, 5, 6}, features);
        assertArrayEquals(new float[] {8, 7, 9, 8}, targets);
    }

    @Test
    void filledRecordingsKeepTheMeasuredMask() {
        SensorRecording r = Recordings.of(new float[] {1, NAN, 3}, new float[] {4, 5, NAN});
        var spec = new PreprocessSpec(plain(r).channels(), 2, 100, List.of(), true);
        FeatureTable table = FeatureTable.of(new Imputation(Imputation.Mode.INTERPOLATE, 0).apply(r), spec);
        float[] all = new float[12];
        table.copyRows(0, 3, all, 0);
        assertArrayEquals(new float[] {1, 4, 1, 1, 2, 5, 0, 1, 3, 5, 1, 0}, all);
    }

    @Test
    void windowsEqualWhatTheDeviceWouldCompute() {
        var random = Recordings.seeded("WindowedDatasetTest");
        int windows = 0;
        for (int i = 0; i < 60; i++) {
            SensorRecording r = Recordings.random(random, 1 + random.nextInt(4), 0.3);
            List<ChannelSpec> channels = new ArrayList<>();
            for (int k = r.channelCount() - 1; k >= 0; k--) {
                channels.add(new ChannelSpec(r.channelNames().get(k), "V", random.nextGaussian() * 50, 20, -1, 1));
            }
            var spec = new PreprocessSpec(channels, random.nextInt(4), 3, List.of(0.3), random.nextBoolean());
            int window = 1 + random.nextInt(10);
            int stride = 1 + random.nextInt(3);
            Targets targets = Targets.forecast(r, List.of("a"), 1 + random.nextInt(3), 1);
            WindowedDataset d;
            try {
                d = WindowedDataset.sliding("training", FeatureTable.of(r, spec), targets, r.series(), window, stride, window - 1);
            } catch (dev.adze.runtime.AdzeException e) {
                continue;
            }
            float[] features = new float[window * spec.featureCount()];
            float[] wanted = new float[window];
            for (int w = 0; w < d.size(); w++) {
                windows++;
                d.fill(new int[] {w}, 1, features, wanted);
                Series home = homeOf(r, d.firstRow(w));
                assertTrue(d.lastRow(w) < home.endRow(), "window leaves its series");
                assertEquals(0, (d.firstRow(w) - home.startRow()) % stride);
                assertTrue(!Float.isNaN(wanted[window - 1]));
                assertArrayEquals(device(r, spec, home, d.firstRow(w), window), features);
            }
        }
        assertTrue(windows > 500, windows + " windows");
    }

    /** Streams the series from its start through a preprocessor of its own, as the agent does. */
    private static float[] device(SensorRecording r, PreprocessSpec spec, Series home, int firstRow, int window) {
        var preprocessor = new Preprocessor(spec);
        float[] raw = new float[r.channelCount()];
        float[] step = new float[spec.featureCount()];
        float[] all = new float[window * step.length];
        for (int row = home.startRow(); row < firstRow + window; row++) {
            for (int k = 0; k < raw.length; k++) {
                raw[k] = r.value(r.indexOf(spec.channels().get(k).name()), row);
            }
            preprocessor.apply(raw, step);
            if (row >= firstRow) {
                System.arraycopy(step, 0, all, (row - firstRow) * step.length, step.length);
            }
        }
        return all;
    }

    private static Series homeOf(SensorRecording r, int row) {
        return r.series().stream().filter(s -> s.startRow() <= row && row < s.endRow()).findFirst().orElseThrow();
    }
}
