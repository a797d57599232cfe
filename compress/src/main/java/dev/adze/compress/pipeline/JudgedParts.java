package dev.adze.compress.pipeline;

import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.compress.dataset.Split;
import dev.adze.compress.dataset.Targets;
import dev.adze.compress.evaluate.HeldOut;
import dev.adze.compress.recipe.Recipe;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.bundle.TaskSpec;
import dev.adze.runtime.preprocess.ChannelSpec;
import dev.adze.runtime.preprocess.PreprocessSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Pieces of a recording with all that a model is judged by: raw values, truth, what one would say without a model. */
record JudgedParts(Recipe recipe, PreprocessSpec preprocess, TaskSpec task, SensorRecording recording, Targets targets) {
    List<HeldOut.Part> of(List<Series> pieces) {
        return pieces.stream().map(piece -> part(piece, null)).toList();
    }

    /**
     * For anomaly detection: every piece with the rows before it in its series, as on a device that has run since then, and
     * those after it that only lack targets. Rows count from a window after the piece's start, of a series' start also.
     *
     * @throws AdzeException USAGE without a column of labels
     */
    List<HeldOut.Part> labelled(List<Series> pieces) {
        if (recipe.task().label().isEmpty()) {
            throw new AdzeException(AdzeException.Kind.USAGE,
                    "anomaly detection is judged by labels: name the column that is 1 where something is unusual in task.label");
        }
        int column = recording.indexOf(recipe.task().label());
        var parts = new ArrayList<HeldOut.Part>();
        for (Series piece : pieces) {
            Series whole = recording.series().stream()
                    .filter(s -> s.startRow() <= piece.startRow() && piece.endRow() <= s.endRow()).findFirst().orElseThrow();
            int end = piece.endRow() + targets.horizonSteps() >= whole.endRow() ? whole.endRow() : piece.endRow();
            var extended = new Series(piece.unitId(), whole.startRow(), end - whole.startRow());
            float[] labels = new float[extended.rowCount()];
            Arrays.fill(labels, Float.NaN);
            for (int row = piece.startRow() + task.windowSteps(); row < end; row++) {
                labels[row - whole.startRow()] = recording.value(column, row);
            }
            parts.add(part(extended, labels));
        }
        return parts;
    }

    /** Rows that train and validate, joined where they meet. */
    HeldOut usual(Split split) {
        var pieces = new ArrayList<Series>();
        for (Series piece : Stream.concat(split.fitting().stream(), split.validation().stream())
                .sorted((a, b) -> Integer.compare(a.startRow(), b.startRow())).toList()) {
            Series last = pieces.isEmpty() ? null : pieces.getLast();
            if (last != null && last.endRow() >= piece.startRow() && last.unitId().equals(piece.unitId())) {
                pieces.set(pieces.size() - 1, new Series(last.unitId(), last.startRow(),
                        Math.max(last.endRow(), piece.endRow()) - last.startRow()));
            } else {
                pieces.add(piece);
            }
        }
        int column = recipe.task().label().isEmpty() ? -1 : recording.indexOf(recipe.task().label());
        return new HeldOut(pieces.stream().map(piece -> part(piece, column < 0 ? null : column(piece, column))).toList(), false);
    }

    private float[] column(Series piece, int column) {
        float[] values = new float[piece.rowCount()];
        for (int row = 0; row < values.length; row++) {
            values[row] = recording.value(column, piece.startRow() + row);
        }
        return values;
    }

    private HeldOut.Part part(Series s, float[] labels) {
        int[] columns = preprocess.channels().stream().map(ChannelSpec::name).mapToInt(recording::indexOf).toArray();
        int outputs = targets.count();
        float[] raw = new float[s.rowCount() * columns.length];
        float[] truth = new float[s.rowCount() * outputs];
        long[] times = recording.hasTimestamps() ? new long[s.rowCount()] : null;
        for (int row = 0; row < s.rowCount(); row++) {
            for (int k = 0; k < columns.length; k++) {
                raw[row * columns.length + k] = recording.value(columns[k], s.startRow() + row);
            }
            for (int o = 0; o < outputs; o++) {
                truth[row * outputs + o] = targets.value(s.startRow() + row, o);
            }
            if (times != null) {
                times[row] = recording.timestampMillis(s.startRow() + row);
            }
        }
        float[] naive = task.relative() ? RowReferences.of(task, preprocess, raw) : naive(s, outputs);
        return new HeldOut.Part(s.unitId(), s.rowCount(), raw, truth, naive, times,
                Math.min(task.windowSteps() - 1, s.rowCount() - 1), labels);
    }

    /** For a forecast: the mean of the target channels over the newest {@code averageSteps}, said to stay as it is. */
    private float[] naive(Series series, int outputs) {
        if (recipe.task().target() != Recipe.Target.AHEAD) {
            return null;
        }
        int[] columns = recipe.task().targets().stream().mapToInt(recording::indexOf).toArray();
        float[] naive = new float[series.rowCount() * outputs];
        for (int row = 0; row < series.rowCount(); row++) {
            for (int o = 0; o < outputs; o++) {
                naive[row * outputs + o] = newestMean(series, row, columns[o % columns.length]);
            }
        }
        return naive;
    }

    private float newestMean(Series series, int row, int column) {
        double sum = 0;
        int count = 0;
        for (int back = 0; back < recipe.task().averageSteps() && back <= row; back++) {
            float value = recording.value(column, series.startRow() + row - back);
            if (!Float.isNaN(value)) {
                sum += value;
                count++;
            }
        }
        return count == 0 ? Float.NaN : (float) (sum / count);
    }
}
