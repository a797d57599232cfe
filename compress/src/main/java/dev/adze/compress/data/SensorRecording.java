package dev.adze.compress.data;

import dev.adze.runtime.AdzeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;

/**
 * Sensor measurements as a table: one row a time step, one column a channel, grouped into independent
 * {@link Series}. Immutable and thread-safe. NaN means missing; infinities do not occur.
 *
 * <p>Values are floats because that is what the device hands to the preprocessor: training must see the same
 * rounding. Within a series rows are in time order. Recordings indexed by something other than time (flight cycles)
 * have no timestamps and the period 0.
 */
public final class SensorRecording {
    private final List<Channel> channels;
    private final float[][] columns;
    private final List<Series> series;
    private final long[] timestampsMillis;
    private final long periodMillis;
    private final int rowCount;

    /**
     * @param channels         names must differ
     * @param columns          {@code [channels][rows]}; copied
     * @param series           cover all rows, in order and without overlap
     * @param timestampsMillis {@code [rows]} milliseconds since 1970-01-01 UTC, not falling within a series; or null
     * @param periodMillis     nominal time between rows; 0 if not in time
     */
    public SensorRecording(
            List<Channel> channels, float[][] columns, List<Series> series, long[] timestampsMillis, long periodMillis) {
        this(List.copyOf(channels), deepCopy(columns), List.copyOf(series),
                timestampsMillis == null ? null : timestampsMillis.clone(), periodMillis, true);
    }

    /** Takes the arrays as its own: for callers in this package that made them and keep no reference. */
    SensorRecording(List<Channel> channels, float[][] columns, List<Series> series, long[] timestampsMillis,
            long periodMillis, boolean owned) {
        this.channels = channels;
        this.columns = columns;
        this.series = series;
        this.timestampsMillis = timestampsMillis;
        this.periodMillis = periodMillis;
        rowCount = series.isEmpty() ? 0 : series.getLast().endRow();
        validate();
    }

    private static float[][] deepCopy(float[][] columns) {
        return Arrays.stream(columns).map(float[]::clone).toArray(float[][]::new);
    }

    private void validate() {
        if (columns.length != channels.size() || periodMillis < 0
                || timestampsMillis != null && timestampsMillis.length != rowCount) {
            throw new IllegalArgumentException(channels.size() + " channels, " + columns.length + " columns, " + rowCount
                    + " rows, " + (timestampsMillis == null ? "no" : timestampsMillis.length) + " timestamps, period "
                    + periodMillis + " ms");
        }
        var names = new HashSet<String>();
        for (int k = 0; k < columns.length; k++) {
            if (columns[k].length != rowCount || !names.add(channels.get(k).name())) {
                throw new IllegalArgumentException("channel " + channels.get(k).name() + " is there twice or has "
                        + columns[k].length + " values for " + rowCount + " rows");
            }
            for (int row = 0; row < rowCount; row++) {
                if (Float.isInfinite(columns[k][row])) {
                    columns[k][row] = Float.NaN;
                }
            }
        }
        int row = 0;
        for (Series s : series) {
            if (s.startRow() != row) {
                throw new IllegalArgumentException("series " + s + " should start at row " + row);
            }
            for (int r = row + 1; timestampsMillis != null && r < s.endRow(); r++) {
                if (timestampsMillis[r] < timestampsMillis[r - 1]) {
                    throw new IllegalArgumentException("time falls at row " + r + " of series " + s);
                }
            }
            row = s.endRow();
        }
    }

    public List<Channel> channels() {
        return channels;
    }

    public List<String> channelNames() {
        return channels.stream().map(Channel::name).toList();
    }

    public int channelCount() {
        return columns.length;
    }

    public int rowCount() {
        return rowCount;
    }

    public List<Series> series() {
        return series;
    }

    public boolean hasTimestamps() {
        return timestampsMillis != null;
    }

    /** Milliseconds since 1970-01-01 UTC; only where {@link #hasTimestamps()}. */
    public long timestampMillis(int row) {
        return timestampsMillis[row];
    }

    /** A copy of all timestamps, or null where there are none. */
    public long[] timestampsMillis() {
        return timestampsMillis == null ? null : timestampsMillis.clone();
    }

    /** Nominal time between rows of a series in milliseconds; 0 where rows are not in time. */
    public long periodMillis() {
        return periodMillis;
    }

    /** Index of a channel; an unknown name is an {@link AdzeException} that tells the nearest one. */
    public int indexOf(String name) {
        for (int k = 0; k < channels.size(); k++) {
            if (channels.get(k).name().equals(name)) {
                return k;
            }
        }
        throw Names.unknown("the recording has no channel", name, channelNames());
    }

    /** One value; NaN means missing. */
    public float value(int channel, int row) {
        return columns[channel][row];
    }

    /** A copy of a channel's values {@code [rows]}; NaN means missing. */
    public float[] column(int channel) {
        return columns[channel].clone();
    }

    /** A copy of a channel's values {@code [rows]}; NaN means missing. */
    public float[] column(String name) {
        return column(indexOf(name));
    }

    /** Rows in which the channel has a value. */
    public BitSet validity(int channel) {
        var valid = new BitSet(rowCount);
        for (int row = 0; row < rowCount; row++) {
            valid.set(row, !Float.isNaN(columns[channel][row]));
        }
        return valid;
    }

    /** The same rows with only the named channels, in the given order. */
    public SensorRecording select(List<String> names) {
        var kept = new ArrayList<Channel>();
        var keptColumns = new float[names.size()][];
        for (int i = 0; i < names.size(); i++) {
            int k = indexOf(names.get(i));
            kept.add(channels.get(k));
            keptColumns[i] = columns[k];
        }
        return new SensorRecording(List.copyOf(kept), keptColumns, series, timestampsMillis, periodMillis, true);
    }

    /** The same rows without the named channels. */
    public SensorRecording without(List<String> names) {
        names.forEach(this::indexOf);
        return select(channelNames().stream().filter(name -> !names.contains(name)).toList());
    }

    /** The same rows and channels with other values {@code [channels][rows]}; copied. */
    public SensorRecording withColumns(float[][] values) {
        return new SensorRecording(channels, deepCopy(values), series, timestampsMillis, periodMillis, true);
    }

    /** The same rows grouped otherwise. */
    public SensorRecording withSeries(List<Series> grouped) {
        return new SensorRecording(channels, columns, List.copyOf(grouped), timestampsMillis, periodMillis, true);
    }

    /**
     * Cuts every series where the time from one row to the next exceeds {@code maxGapFactor} periods. The parts keep
     * the unit's name. Without timestamps there are no gaps and the recording itself is returned.
     *
     * @param maxGapFactor more than 1
     */
    public SensorRecording cutAtGaps(double maxGapFactor) {
        if (!(maxGapFactor > 1)) {
            throw new IllegalArgumentException("maxGapFactor " + maxGapFactor);
        }
        if (timestampsMillis == null || periodMillis == 0) {
            return this;
        }
        var parts = new ArrayList<Series>();
        for (Series s : series) {
            int start = s.startRow();
            for (int row = start + 1; row <= s.endRow(); row++) {
                if (row == s.endRow() || timestampsMillis[row] - timestampsMillis[row - 1] > maxGapFactor * periodMillis) {
                    parts.add(new Series(s.unitId(), start, row - start));
                    start = row;
                }
            }
        }
        return withSeries(parts);
    }

    @Override
    public String toString() {
        return rowCount + " rows, " + channels.size() + " channels, " + series.size() + " series";
    }
}
