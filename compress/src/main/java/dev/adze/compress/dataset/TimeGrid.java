package dev.adze.compress.dataset;

import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * Makes one row one step of time, as on the device, which samples on a fixed clock and notes a sample that did not
 * come as missing.
 */
public final class TimeGrid {
    private TimeGrid() {}

    /**
     * Cuts series at gaps of more than {@code maxGapFactor} periods; in shorter gaps inserts rows without values, as
     * many as periods fit (rounded to the nearest). Rows of the same time become one, in which later values win.
     * Returns the recording itself if nothing had to change, and always if its rows are not in time.
     *
     * @param maxGapFactor more than 1
     */
    public static SensorRecording regularize(SensorRecording recording, double maxGapFactor) {
        SensorRecording cut = recording.cutAtGaps(maxGapFactor);
        if (!cut.hasTimestamps() || cut.periodMillis() == 0) {
            return recording;
        }
        int[] target = new int[cut.rowCount()];
        var series = new ArrayList<Series>();
        int rows = 0;
        for (Series s : cut.series()) {
            int first = rows;
            target[s.startRow()] = rows;
            for (int row = s.startRow() + 1; row < s.endRow(); row++) {
                long step = cut.timestampMillis(row) - cut.timestampMillis(row - 1);
                rows += step == 0 ? 0 : Math.toIntExact(Math.max(1, Math.round((double) step / cut.periodMillis())));
                target[row] = rows;
            }
            rows++;
            series.add(new Series(s.unitId(), first, rows - first));
        }
        return rows == cut.rowCount() ? cut : spread(cut, target, series, rows);
    }

    private static SensorRecording spread(SensorRecording cut, int[] target, ArrayList<Series> series, int rows) {
        var columns = new float[cut.channelCount()][rows];
        for (int k = 0; k < columns.length; k++) {
            Arrays.fill(columns[k], Float.NaN);
            for (int row = 0; row < target.length; row++) {
                float value = cut.value(k, row);
                if (!Float.isNaN(value)) {
                    columns[k][target[row]] = value;
                }
            }
        }
        var times = new long[rows];
        for (int row = 0; row < target.length; row++) {
            times[target[row]] = cut.timestampMillis(row);
            int last = row == 0 ? -1 : target[row - 1];
            for (int inserted = last + 1; inserted < target[row]; inserted++) {
                times[inserted] = times[last] + (times[target[row]] - times[last]) * (inserted - last) / (target[row] - last);
            }
        }
        return new SensorRecording(cut.channels(), columns, series, times, cut.periodMillis());
    }
}
