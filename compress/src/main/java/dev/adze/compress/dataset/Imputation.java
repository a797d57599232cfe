package dev.adze.compress.dataset;

import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Fills missing values before training.
 *
 * <p>{@link Mode#CAUSAL} leaves the recording alone: the preprocessor repeats the last valid value, on the
 * workstation as on the device, so both see the same numbers. It is the default. {@link Mode#INTERPOLATE} draws a line
 * to the <em>next</em> valid value, which the device cannot know yet when it has to decide; the network then learns
 * from smoother series than it will meet. It pays where gaps are long and an accident of the training data only.
 *
 * @param mode             how
 * @param forwardFillSteps INTERPOLATE: the first so many rows of a gap repeat the last valid value, the rest lies on
 *                         the line from there to the next valid one, rows counting as equal steps
 */
public record Imputation(Mode mode, int forwardFillSteps) {
    /** What a missing value may be filled from. */
    public enum Mode {
        /** The past alone, by the preprocessor. */
        CAUSAL,
        /** The past, then past and future. */
        INTERPOLATE
    }

    public Imputation {
        if (forwardFillSteps < 0) {
            throw new IllegalArgumentException("forwardFillSteps " + forwardFillSteps);
        }
    }

    /**
     * A recording and which of its values were measured.
     *
     * @param recording what still misses stays NaN: before a series' first valid value, and after its last one beyond
     *                  the forward fill
     * @param measured  {@code [channels]}, a set of rows each: valid before the fill. It is what the validity mask
     *                  among the features must say, and what targets may be taken from
     */
    public record Filled(SensorRecording recording, BitSet[] measured) {}

    /** Fills within each series; the given recording is unchanged. */
    public Filled apply(SensorRecording recording) {
        return apply(recording, recording.series());
    }

    /**
     * Fills within each part of a split, so that no line is drawn from a training row to a value of another part. Rows
     * of no part stay as they are.
     */
    public Filled apply(SensorRecording recording, Split split) {
        return apply(recording, Stream.of(split.train(), split.validation(), split.test()).flatMap(List::stream).toList());
    }

    private Filled apply(SensorRecording recording, List<Series> pieces) {
        BitSet[] measured = IntStream.range(0, recording.channelCount()).mapToObj(recording::validity).toArray(BitSet[]::new);
        if (mode == Mode.CAUSAL) {
            return new Filled(recording, measured);
        }
        var columns = new float[recording.channelCount()][];
        for (int k = 0; k < columns.length; k++) {
            columns[k] = recording.column(k);
            for (Series piece : pieces) {
                fill(columns[k], measured[k], piece);
            }
        }
        return new Filled(recording.withColumns(columns), measured);
    }

    private void fill(float[] values, BitSet measured, Series series) {
        int last = measured.nextSetBit(series.startRow());
        while (last >= 0 && last < series.endRow()) {
            int found = measured.nextSetBit(last + 1);
            int next = found < 0 ? series.endRow() : Math.min(found, series.endRow());
            int held = Math.min(next, last + 1 + forwardFillSteps);
            for (int row = last + 1; row < held; row++) {
                values[row] = values[last];
            }
            if (next < series.endRow()) {
                // The line starts at the last held row, so that it joins the forward fill without a jump.
                double from = values[last];
                double slope = (values[next] - from) / (next - (held - 1));
                for (int row = held; row < next; row++) {
                    values[row] = (float) (from + slope * (row - (held - 1)));
                }
            }
            last = next;
        }
    }
}
