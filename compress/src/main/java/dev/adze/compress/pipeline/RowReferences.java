package dev.adze.compress.pipeline;

import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.compress.dataset.FeatureTable;
import dev.adze.compress.dataset.Targets;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import dev.adze.runtime.preprocess.Preprocessor;
import dev.adze.runtime.session.References;

/** What relative outputs are relative to, row by row, by the device's own arithmetic. */
final class RowReferences implements Targets.Offset {
    private final References references;
    private final FeatureTable features;
    private final int[] seriesStart;

    RowReferences(TaskSpec task, PreprocessSpec preprocess, FeatureTable features, SensorRecording recording) {
        references = new References(task, preprocess);
        this.features = features;
        seriesStart = new int[recording.rowCount()];
        for (Series series : recording.series()) {
            java.util.Arrays.fill(seriesStart, series.startRow(), series.endRow(), series.startRow());
        }
    }

    @Override
    public double of(int row, int target) {
        return references.of(target, (channel, lag) -> features.value(row - lag, channel), row - seriesStart[row] + 1L);
    }

    /** For a series of raw values {@code [rows, channels]}: {@code [rows, outputs]}. */
    static float[] of(TaskSpec task, PreprocessSpec preprocess, float[] raw) {
        var references = new References(task, preprocess);
        int channels = preprocess.channels().size();
        int width = preprocess.featureCount();
        int outputs = task.outputs().size();
        int rows = raw.length / channels;
        float[] table = new float[rows * width];
        float[] all = new float[rows * outputs];
        var preprocessor = new Preprocessor(preprocess);
        for (int row = 0; row < rows; row++) {
            preprocessor.apply(raw, row * channels, table, row * width);
            int now = row;
            for (int o = 0; o < outputs; o++) {
                all[row * outputs + o] = (float) references.of(o, (channel, lag) -> table[(now - lag) * width + channel], row + 1L);
            }
        }
        return all;
    }
}
