package dev.adze.compress.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Rows as they come from files, and the way from them to a recording: grouped by unit, sorted by time, turned into
 * columns.
 */
final class RowBuffer {
    private final int channels;
    private final boolean timed;
    private float[] values;
    private long[] times;
    private int[] groups;
    private int rows;
    private final List<String> groupNames = new ArrayList<>();
    private final Map<String, Integer> groupIndex = new HashMap<>();

    RowBuffer(int channels, boolean timed) {
        this.channels = channels;
        this.timed = timed;
        values = new float[1024 * channels];
        times = new long[timed ? 1024 : 0];
        groups = new int[1024];
    }

    int rows() {
        return rows;
    }

    /** Number of the group with that name; groups are numbered as they appear. */
    int group(String name) {
        return groupIndex.computeIfAbsent(name, _ -> {
            groupNames.add(name);
            return groupNames.size() - 1;
        });
    }

    /** Starts a row; {@code timeMillis} counts only where rows have time. */
    void startRow(int group, long timeMillis) {
        if (rows == groups.length) {
            if ((long) rows * 2 * channels > Integer.MAX_VALUE - 8) {
                throw ColumnPlan.bad("the recording is too large: more than " + rows + " rows of " + channels
                        + " channels; read fewer files at a time or keep fewer columns");
            }
            int capacity = rows * 2;
            groups = Arrays.copyOf(groups, capacity);
            values = Arrays.copyOf(values, capacity * channels);
            if (timed) {
                times = Arrays.copyOf(times, capacity);
            }
        }
        groups[rows] = group;
        if (timed) {
            times[rows] = timeMillis;
        }
        rows++;
    }

    /** Sets a value of the row started last; infinite becomes missing. */
    void set(int channel, float value) {
        values[(rows - 1) * channels + channel] = Float.isInfinite(value) ? Float.NaN : value;
    }

    /** @param periodMillis nominal period, or 0 to take the median of the rows' */
    SensorRecording toRecording(List<Channel> names, long periodMillis) {
        int[] order = order();
        var columns = new float[channels][rows];
        long[] sortedTimes = timed ? new long[rows] : null;
        var series = new ArrayList<Series>();
        int start = 0;
        for (int i = 0; i < rows; i++) {
            int row = order[i];
            for (int k = 0; k < channels; k++) {
                columns[k][i] = values[row * channels + k];
            }
            if (timed) {
                sortedTimes[i] = times[row];
            }
            if (i + 1 == rows || groups[order[i + 1]] != groups[row]) {
                series.add(new Series(groupNames.get(groups[row]), start, i + 1 - start));
                start = i + 1;
            }
        }
        long period = periodMillis > 0 || !timed ? periodMillis : Periods.median(sortedTimes, series);
        return new SensorRecording(List.copyOf(names), columns, List.copyOf(series), sortedTimes, period, true);
    }

    /** Rows by group, then time, then as read. */
    private int[] order() {
        boolean sorted = true;
        for (int row = 1; row < rows && sorted; row++) {
            sorted = compare(row - 1, row) <= 0;
        }
        if (sorted) {
            return IntStream.range(0, rows).toArray();
        }
        var order = new Integer[rows];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, this::compare);
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }

    private int compare(int a, int b) {
        int byGroup = Integer.compare(groups[a], groups[b]);
        return byGroup != 0 || !timed ? byGroup : Long.compare(times[a], times[b]);
    }
}
