package dev.adze.compress.dataset;

import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.preprocess.Preprocessor;
import java.util.BitSet;

/**
 * The network's input at every row of a recording, made once by the device's own {@link Preprocessor} running over
 * each series from its start. Immutable.
 */
public final class FeatureTable {
    private final int rows;
    private final int featureCount;
    private final float[] values;

    private FeatureTable(int rows, int featureCount, float[] values) {
        this.rows = rows;
        this.featureCount = featureCount;
        this.values = values;
    }

    /** Features of a recording whose missing values are still NaN. */
    public static FeatureTable of(SensorRecording recording, PreprocessSpec spec) {
        return compute(recording, spec, null);
    }

    /** Features of a filled recording; the validity mask among them tells what was measured, not what was filled. */
    public static FeatureTable of(Imputation.Filled filled, PreprocessSpec spec) {
        return compute(filled.recording(), spec, filled.measured());
    }

    private static FeatureTable compute(SensorRecording recording, PreprocessSpec spec, BitSet[] measured) {
        int count = spec.featureCount();
        int channels = spec.channels().size();
        if ((long) recording.rowCount() * count > Integer.MAX_VALUE - 8) {
            throw new AdzeException(AdzeException.Kind.BAD_DATA, recording.rowCount() + " rows of " + count
                    + " features do not fit in one table (at most 2^31 values); read fewer files or channels");
        }
        int[] columns = spec.channels().stream().map(ChannelSpec::name).mapToInt(recording::indexOf).toArray();
        float[] values = new float[recording.rowCount() * count];
        float[] raw = new float[channels];
        var preprocessor = new Preprocessor(spec);
        for (Series series : recording.series()) {
            preprocessor.reset();
            for (int row = series.startRow(); row < series.endRow(); row++) {
                for (int k = 0; k < channels; k++) {
                    raw[k] = recording.value(columns[k], row);
                }
                preprocessor.apply(raw, 0, values, row * count);
                if (measured != null && spec.validityMask()) {
                    for (int k = 0; k < channels; k++) {
                        values[row * count + count - channels + k] = measured[columns[k]].get(row) ? 1 : 0;
                    }
                }
            }
        }
        return new FeatureTable(recording.rowCount(), count, values);
    }

    public int rowCount() {
        return rows;
    }

    public int featureCount() {
        return featureCount;
    }

    /** One feature. */
    public float value(int row, int feature) {
        return values[row * featureCount + feature];
    }

    /** Copies {@code [count, featureCount]} from row {@code firstRow} on. */
    public void copyRows(int firstRow, int count, float[] destination, int offset) {
        System.arraycopy(values, firstRow * featureCount, destination, offset, count * featureCount);
    }
}
