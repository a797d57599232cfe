package dev.adze.compress.dataset;

import dev.adze.compress.data.Channel;
import dev.adze.compress.data.Series;
import dev.adze.compress.data.SensorRecording;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec.OutputSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the network shall say at every row of a recording, in physical units (or class indices). Immutable.
 *
 * <p>NaN means that a row has no target: it lies too near its series' end for a forecast, or the value is missing.
 */
public final class Targets {
    /** 2 GiB of floats. */
    private static final long MOST_VALUES = 1L << 29;

    private final List<Channel> names;
    private final float[] values;
    private final int horizonSteps;
    private final double min;
    private final double max;

    private Targets(List<Channel> names, float[] values, int horizonSteps) {
        this(names, values, horizonSteps, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    private Targets(List<Channel> names, float[] values, int horizonSteps, double min, double max) {
        this.names = List.copyOf(names);
        this.values = values;
        this.horizonSteps = horizonSteps;
        this.min = min;
        this.max = max;
    }

    /**
     * Targets made elsewhere.
     *
     * @param names        one a target, with its unit
     * @param values       {@code [rows * targets]}, row by row; NaN for none; copied
     * @param horizonSteps how many rows ahead of its own a row's target looks; a split keeps that much distance
     */
    public static Targets of(List<Channel> names, float[] values, int horizonSteps) {
        if (names.isEmpty() || values.length % names.size() != 0 || horizonSteps < 0) {
            throw new IllegalArgumentException(names + ": " + values.length + " values, horizon " + horizonSteps);
        }
        return new Targets(names, values.clone(), horizonSteps);
    }

    /**
     * Remaining useful life of units that ran to failure: steps left until the unit's last row (which has 0), at most
     * {@code cap}. The cap says that a healthy unit looks the same whether 200 or 300 cycles are left (Heimes, PHM08,
     * 2008); 125 is usual for C-MAPSS. Steps are rows, or periods where rows are in time, so that a pause between two
     * series of one unit counts too.
     *
     * @param cap above 0; infinity for none
     */
    public static Targets remainingLife(SensorRecording recording, float cap) {
        return remainingLife(recording, cap, new float[lastSeriesOfUnits(recording).size()]);
    }

    /**
     * Remaining useful life of units cut off before failure.
     *
     * @param afterLastRow {@code [units]} steps left after each unit's last row, not below 0; units in the order of the
     *                     series, of which consecutive ones with the same name are one unit
     */
    public static Targets remainingLife(SensorRecording recording, float cap, float[] afterLastRow) {
        List<Series> ends = lastSeriesOfUnits(recording);
        if (!(cap > 0) || afterLastRow.length != ends.size()) {
            throw new IllegalArgumentException("cap " + cap + ", " + afterLastRow.length + " remaining lives for "
                    + ends.size() + " units");
        }
        float[] values = new float[recording.rowCount()];
        int row = 0;
        for (int i = 0; i < afterLastRow.length; i++) {
            if (!(afterLastRow[i] >= 0)) {
                throw bad("unit " + ends.get(i).unitId() + " has the remaining life " + afterLastRow[i] + "; it must be 0 or more");
            }
            int last = ends.get(i).endRow() - 1;
            for (; row <= last; row++) {
                values[row] = Math.min(cap, stepsBetween(recording, row, last) + afterLastRow[i]);
            }
        }
        return new Targets(List.of(new Channel("remaining-life", "steps")), values, 0, 0, cap);
    }

    private static List<Series> lastSeriesOfUnits(SensorRecording recording) {
        List<Series> series = recording.series();
        return IntStream.range(0, series.size())
                .filter(i -> i + 1 == series.size() || !series.get(i + 1).unitId().equals(series.get(i).unitId()))
                .mapToObj(series::get).toList();
    }

    private static long stepsBetween(SensorRecording recording, int row, int last) {
        return recording.hasTimestamps() && recording.periodMillis() > 0
                ? Math.round((double) (recording.timestampMillis(last) - recording.timestampMillis(row)) / recording.periodMillis())
                : last - row;
    }

    /**
     * Values of channels some steps ahead, within the same series: at row t the mean over the valid ones of rows
     * {@code t + horizonSteps - meanSteps + 1} to {@code t + horizonSteps}. Rows count as steps, so cut or
     * regularize the recording at gaps in time first.
     *
     * @param horizonSteps 1 or more
     * @param meanSteps    1 for the plain value, at most {@code horizonSteps}; NaN if none of them is valid
     */
    public static Targets forecast(SensorRecording recording, List<String> channels, int horizonSteps, int meanSteps) {
        if (channels.isEmpty() || horizonSteps < 1 || meanSteps < 1 || meanSteps > horizonSteps) {
            throw new AdzeException(AdzeException.Kind.USAGE, "a forecast of " + channels.size() + " channels, horizon "
                    + horizonSteps + " steps, mean over " + meanSteps
                    + "; it needs a channel, a horizon of 1 or more, and a mean over 1 to the horizon's steps");
        }
        int[] indices = channels.stream().mapToInt(recording::indexOf).toArray();
        float[] values = new float[recording.rowCount() * indices.length];
        Arrays.fill(values, Float.NaN);
        for (Series series : recording.series()) {
            for (int row = series.startRow(); row + horizonSteps < series.endRow(); row++) {
                for (int i = 0; i < indices.length; i++) {
                    values[row * indices.length + i] = mean(recording, indices[i], row + horizonSteps, meanSteps);
                }
            }
        }
        return new Targets(Arrays.stream(indices).mapToObj(recording.channels()::get).toList(), values, horizonSteps);
    }

    /**
     * All values of channels up to the horizon: at row t those of rows t + 1 to {@code t + horizonSteps}, within the same
     * series; the channels of the first row, then those of the second. Their names are {@code CHANNEL+STEPS}.
     *
     * @param horizonSteps 1 or more
     */
    public static Targets everyStep(SensorRecording recording, List<String> channels, int horizonSteps) {
        long floats = (long) recording.rowCount() * channels.size() * horizonSteps;
        if (channels.isEmpty() || horizonSteps < 1 || floats > MOST_VALUES) {
            throw new AdzeException(AdzeException.Kind.USAGE, "a forecast of every step: " + channels.size() + " channels, "
                    + horizonSteps + " steps, " + recording.rowCount() + " rows; it needs a channel, a step, and at most "
                    + MOST_VALUES + " values in all");
        }
        int[] indices = channels.stream().mapToInt(recording::indexOf).toArray();
        int width = indices.length * horizonSteps;
        float[] values = new float[(int) floats];
        Arrays.fill(values, Float.NaN);
        for (Series series : recording.series()) {
            for (int row = series.startRow(); row + horizonSteps < series.endRow(); row++) {
                for (int o = 0; o < width; o++) {
                    values[row * width + o] = recording.value(indices[o % indices.length], row + 1 + o / indices.length);
                }
            }
        }
        List<Channel> names = IntStream.range(0, width).mapToObj(o -> {
            Channel channel = recording.channels().get(indices[o % indices.length]);
            return new Channel(channel.name() + "+" + (1 + o / indices.length), channel.unit());
        }).toList();
        return new Targets(names, values, horizonSteps);
    }

    private static float mean(SensorRecording recording, int channel, int lastRow, int steps) {
        double sum = 0;
        int count = 0;
        for (int row = lastRow - steps + 1; row <= lastRow; row++) {
            float value = recording.value(channel, row);
            if (!Float.isNaN(value)) {
                sum += value;
                count++;
            }
        }
        return count == 0 ? Float.NaN : (float) (sum / count);
    }

    /** Values of columns in the same row, for regression. Leave these columns out of the inputs. */
    public static Targets columns(SensorRecording recording, List<String> names) {
        int[] indices = names.stream().mapToInt(recording::indexOf).toArray();
        float[] values = new float[recording.rowCount() * indices.length];
        for (int row = 0; row < recording.rowCount(); row++) {
            for (int i = 0; i < indices.length; i++) {
                values[row * indices.length + i] = recording.value(indices[i], row);
            }
        }
        return new Targets(Arrays.stream(indices).mapToObj(recording.channels()::get).toList(), values, 0);
    }

    /**
     * Class indices 0 to {@code classCount - 1} from a column in the same row. Leave the column out of the inputs.
     *
     * @throws AdzeException BAD_DATA for a value that is no class index
     */
    public static Targets classes(SensorRecording recording, String name, int classCount) {
        Targets targets = columns(recording, List.of(name));
        for (int row = 0; row < targets.values.length; row++) {
            float value = targets.values[row];
            if (!Float.isNaN(value) && (value < 0 || value >= classCount || value != Math.rint(value))) {
                throw bad("column " + name + " holds " + value + " in row " + (row + 1) + ", which is no class from 0 to "
                        + (classCount - 1) + "; state the number of classes or the column's labels");
            }
        }
        return targets;
    }

    /** The targets' names and units; those of the channels they come from. */
    public List<Channel> names() {
        return names;
    }

    public int count() {
        return names.size();
    }

    public int rowCount() {
        return values.length / names.size();
    }

    /** How many rows ahead of its own a row's target looks. */
    public int horizonSteps() {
        return horizonSteps;
    }

    /** Smallest value that makes sense; negative infinity if any does. */
    public double min() {
        return min;
    }

    /** Largest value that makes sense; infinity if any does. */
    public double max() {
        return max;
    }

    /** The targets in the network's scale, {@code (value - center) / scale}; {@code outputs} has one a target. */
    public Targets scaled(List<OutputSpec> outputs) {
        if (outputs.size() != names.size()) {
            throw new IllegalArgumentException(outputs.size() + " outputs for " + names.size() + " targets");
        }
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            OutputSpec output = outputs.get(i % names.size());
            scaled[i] = (float) ((values[i] - output.center()) / output.scale());
        }
        return new Targets(names, scaled, horizonSteps);
    }

    /** What is taken off a target before it is scaled, in its unit. */
    public interface Offset {
        double of(int row, int target);
    }

    /** These targets less an offset each; the names stay. */
    public Targets less(Offset offset) {
        float[] less = new float[values.length];
        for (int row = 0; row < rowCount(); row++) {
            for (int i = 0; i < names.size(); i++) {
                less[row * names.size() + i] = (float) (value(row, i) - offset.of(row, i));
            }
        }
        return new Targets(names, less, horizonSteps);
    }

    /** One target; NaN for none. */
    public float value(int row, int target) {
        return values[row * names.size() + target];
    }

    /** Whether every target of a row is there. */
    public boolean valid(int row) {
        for (int i = 0; i < names.size(); i++) {
            if (Float.isNaN(value(row, i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether any target of a row is there. */
    public boolean anyValid(int row) {
        for (int i = 0; i < names.size(); i++) {
            if (!Float.isNaN(value(row, i))) {
                return true;
            }
        }
        return false;
    }

    /** A copy of all targets {@code [rows * targets]}, row by row. */
    public float[] values() {
        return values.clone();
    }

    private static AdzeException bad(String message) {
        return new AdzeException(AdzeException.Kind.BAD_DATA, message);
    }
}
