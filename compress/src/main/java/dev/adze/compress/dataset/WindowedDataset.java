package dev.adze.compress.dataset;

import dev.adze.compress.data.Series;
import dev.adze.compress.train.Windows;
import dev.adze.runtime.AdzeException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sliding windows over the rows of one part of a split. A window is the index of its first row; nothing is copied until
 * a batch is filled. Windows stay within a piece of a series. Immutable and thread-safe.
 */
public final class WindowedDataset implements Windows {
    private final FeatureTable features;
    private final float[] targets;
    private final int targetCount;
    private final int windowSteps;
    private final int[] firstRows;
    /** Row after the piece of a series that a window lies in; null where windows have no followers. */
    private final int[] pieceEnds;

    private WindowedDataset(FeatureTable features, Targets targets, int windowSteps, int[] firstRows) {
        this(features, targets.values(), targets.count(), windowSteps, firstRows, null);
    }

    private WindowedDataset(FeatureTable features, float[] targets, int targetCount, int windowSteps, int[] firstRows,
            int[] pieceEnds) {
        this.pieceEnds = pieceEnds;
        this.features = features;
        this.targets = targets;
        this.targetCount = targetCount;
        this.windowSteps = windowSteps;
        this.firstRows = firstRows;
    }

    /**
     * All windows that start {@code stride} rows apart from the start of each piece and have a target at one of the
     * counted steps.
     *
     * @param name             of the part, for messages: {@code training}
     * @param part             pieces of series to stay within
     * @param targets          in the network's scale ({@link Targets#scaled}) or class indices, same rows as the features
     * @param windowSteps      1 or more
     * @param stride           1 or more
     * @param firstCountedStep first step of a window whose target counts; {@code windowSteps - 1}: only the last
     * @throws AdzeException BAD_DATA if there is no such window
     */
    public static WindowedDataset sliding(String name, FeatureTable features, Targets targets, List<Series> part,
            int windowSteps, int stride, int firstCountedStep) {
        requireSizes(features, targets, windowSteps);
        if (stride < 1 || firstCountedStep < 0 || firstCountedStep >= windowSteps) {
            throw new AdzeException(AdzeException.Kind.USAGE, "windows of " + windowSteps + " steps, stride " + stride
                    + ", loss from step " + firstCountedStep + "; the stride must be 1 or more, the loss start within the window");
        }
        int[] starts = new int[part.stream().mapToInt(Series::rowCount).sum()];
        int[] ends = new int[starts.length];
        int count = 0;
        boolean roomy = false;
        for (Series piece : part) {
            int nextTarget = -1;
            for (int first = piece.startRow(); first <= piece.endRow() - windowSteps; first += stride) {
                roomy = true;
                // Rows up to nextTarget are known to have none: every row is looked at once.
                int row = Math.max(nextTarget, first + firstCountedStep);
                while (row < first + windowSteps && !targets.anyValid(row)) {
                    row++;
                }
                nextTarget = row;
                if (row < first + windowSteps) {
                    ends[count] = piece.endRow();
                    starts[count++] = first;
                }
            }
        }
        if (count == 0) {
            int longest = part.stream().mapToInt(Series::rowCount).max().orElse(0);
            throw bad(roomy
                    ? "no window of the " + name + " part has a target at its counted steps; take a shorter horizon or more rows"
                    : "the " + name + " part has too few rows for a window: " + longest + " in its longest piece, where "
                    + windowSteps + " are needed; take more rows, a shorter window or another split");
        }
        return new WindowedDataset(features, targets.values(), targets.count(), windowSteps, Arrays.copyOf(starts, count),
                Arrays.copyOf(ends, count));
    }

    /**
     * All windows of a recording without targets (NaN), which only a teacher can say something about.
     *
     * @param targetCount of the windows that they are used beside
     * @throws AdzeException BAD_DATA if no series is long enough
     */
    public static WindowedDataset unlabelled(FeatureTable features, int targetCount, List<Series> part, int windowSteps,
            int stride) {
        int[] starts = part.stream().flatMapToInt(piece -> IntStream.iterate(piece.startRow(),
                first -> first <= piece.endRow() - windowSteps, first -> first + stride)).toArray();
        if (starts.length == 0) {
            throw bad("the unlabelled files have too few rows for a window of " + windowSteps + "; take more rows or a shorter window");
        }
        float[] none = new float[Math.multiplyExact(features.rowCount(), targetCount)];
        Arrays.fill(none, Float.NaN);
        return new WindowedDataset(features, none, targetCount, windowSteps, starts, null);
    }

    /**
     * The last window of every series, as run-to-failure benchmarks judge it; window i belongs to series i.
     *
     * @throws AdzeException BAD_DATA for a series shorter than the window, or whose last row has no target
     */
    public static WindowedDataset last(FeatureTable features, Targets targets, List<Series> series, int windowSteps) {
        requireSizes(features, targets, windowSteps);
        int[] starts = new int[series.size()];
        for (int i = 0; i < starts.length; i++) {
            Series s = series.get(i);
            if (s.rowCount() < windowSteps || !targets.valid(s.endRow() - 1)) {
                throw bad("unit " + s.unitId() + (s.rowCount() < windowSteps
                        ? " has only " + s.rowCount() + " rows for a window of " + windowSteps + "; take a shorter window"
                        : " has no target in its last row; check the file of remaining lives"));
            }
            starts[i] = s.endRow() - windowSteps;
        }
        return new WindowedDataset(features, targets, windowSteps, starts);
    }

    private static void requireSizes(FeatureTable features, Targets targets, int windowSteps) {
        if (features.rowCount() != targets.rowCount() || windowSteps < 1) {
            throw new IllegalArgumentException(features.rowCount() + " rows of features, " + targets.rowCount()
                    + " of targets, window " + windowSteps);
        }
    }

    @Override
    public int size() {
        return firstRows.length;
    }

    @Override
    public int windowSteps() {
        return windowSteps;
    }

    @Override
    public int featureCount() {
        return features.featureCount();
    }

    @Override
    public int targetCount() {
        return targetCount;
    }

    /** A piece's windows stand in the order of their first rows. */
    @Override
    public int follower(int window) {
        if (pieceEnds == null) {
            return -1;
        }
        int wanted = firstRows[window] + windowSteps;
        for (int next = window + 1; next < firstRows.length && pieceEnds[next] == pieceEnds[window]; next++) {
            if (firstRows[next] >= wanted) {
                return firstRows[next] == wanted ? next : -1;
            }
        }
        return -1;
    }

    /** The recording's row that a window starts with. */
    public int firstRow(int window) {
        return firstRows[window];
    }

    /** The recording's row that a window ends with, the "now" of its last target. */
    public int lastRow(int window) {
        return firstRows[window] + windowSteps - 1;
    }

    @Override
    public void fill(int[] indices, int count, float[] featureBatch, float[] targetBatch) {
        int featureFloats = windowSteps * features.featureCount();
        int targetFloats = windowSteps * targetCount;
        for (int i = 0; i < count; i++) {
            int first = firstRows[indices[i]];
            features.copyRows(first, windowSteps, featureBatch, i * featureFloats);
            System.arraycopy(targets, first * targetCount, targetBatch, i * targetFloats, targetFloats);
        }
    }

    private static AdzeException bad(String message) {
        return new AdzeException(AdzeException.Kind.BAD_DATA, message);
    }
}
