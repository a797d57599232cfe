package dev.adze.compress.dataset;

import static dev.adze.compress.dataset.Recordings.NAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.adze.compress.data.Channel;
import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeGridTest {
    private static SensorRecording at(long period, long[] times, float... values) {
        return new SensorRecording(List.of(new Channel("x", "")), new float[][] {values},
                List.of(new Series("m", 0, values.length)), times, period);
    }

    @Test
    void insertsMissedSamplesAndCutsAtLongGaps() {
        SensorRecording r = TimeGrid.regularize(
                at(100, new long[] {0, 98, 305, 400, 1000, 1100}, 1, 2, 3, 4, 5, 6), 3.5);
        assertArrayEquals(new float[] {1, 2, NAN, 3, 4, 5, 6}, r.column(0));
        assertArrayEquals(new long[] {0, 98, 201, 305, 400, 1000, 1100}, r.timestampsMillis());
        assertEquals(List.of(new Series("m", 0, 5), new Series("m", 5, 2)), r.series());
    }

    @Test
    void joinsRowsOfTheSameTime() {
        SensorRecording r = TimeGrid.regularize(at(100, new long[] {0, 100, 100, 200}, 1, 2, NAN, 4), 2);
        assertArrayEquals(new float[] {1, 2, 4}, r.column(0));
        r = TimeGrid.regularize(at(100, new long[] {0, 100, 100, 200}, 1, 2, 3, 4), 2);
        assertArrayEquals(new float[] {1, 3, 4}, r.column(0));
    }

    @Test
    void leavesRegularAndTimelessRecordingsAlone() {
        SensorRecording regular = at(100, new long[] {0, 103, 199, 301}, 1, 2, 3, 4);
        assertArrayEquals(regular.timestampsMillis(), TimeGrid.regularize(regular, 2).timestampsMillis());
        SensorRecording cycles = at(0, null, 1, 2);
        assertSame(cycles, TimeGrid.regularize(cycles, 2));
    }
}
