package dev.adze.compress.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.data.RecordingSummary.ChannelSummary;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordingSummaryTest {
    private static final float NAN = Float.NaN;

    private static SensorRecording recording(long[] times, float[]... columns) {
        var channels = new Channel[columns.length];
        for (int k = 0; k < columns.length; k++) {
            channels[k] = new Channel("c" + k, "V");
        }
        return new SensorRecording(List.of(channels), columns, List.of(new Series("m", 0, columns[0].length)), times, 100);
    }

    @Test
    void tellsRangesAndGaps() {
        var s = RecordingSummary.of(recording(null, new float[] {NAN, 2, 4, NAN, NAN, 6}), 3).channels().getFirst();
        assertEquals(new ChannelSummary("c0", "V", 50, 2, 2, 2.0, 4.0, 6.0, Math.sqrt(8.0 / 3), false, null, null), s);
    }

    @Test
    void tellsConstantEmptyAndDuplicateChannels() {
        int rows = 30_000;
        var columns = new float[7][rows];
        var random = new Random(5);
        for (int row = 0; row < rows; row++) {
            columns[0][row] = (float) random.nextGaussian();
            columns[1][row] = 3;
            columns[2][row] = NAN;
            columns[3][row] = columns[0][row];
            columns[4][row] = -1000 * columns[0][row] + 7;
            columns[5][row] = columns[0][row] + 0.05f * (float) random.nextGaussian();
            columns[6][row] = 3;
        }
        columns[4][17] = NAN;
        List<ChannelSummary> s = RecordingSummary.of(recording(null, columns), 3).channels();
        assertTrue(s.get(1).constant() && s.get(6).constant() && s.get(6).duplicateOf() == null);
        assertNull(s.get(2).min());
        assertFalse(s.get(2).constant());
        assertEquals("c0", s.get(3).duplicateOf());
        assertEquals(1, s.get(3).correlation());
        assertEquals("c0", s.get(4).duplicateOf());
        assertEquals(-1, s.get(4).correlation(), 1e-6);
        assertNull(s.get(5).duplicateOf(), "correlation 0.99875 is no duplicate");
    }

    @Test
    void tellsRateJitterAndPauses() {
        var time = RecordingSummary.of(recording(new long[] {0, 100, 205, 300, 1300, 1300, 1400, 1900}, new float[8]), 3).time();
        assertEquals(105, time.medianMillis());
        assertEquals(1, time.repeatedTimes());
        assertEquals(2, time.gaps());
        assertEquals(List.of(new RecordingSummary.Gap("m", 300, 1000), new RecordingSummary.Gap("m", 1400, 500)), time.longestGaps());
        assertEquals(895, time.p99JitterMillis());
        assertNull(RecordingSummary.of(recording(null, new float[8]), 3).time());
    }
}
