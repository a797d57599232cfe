package dev.adze.compress.dataset;

import dev.adze.compress.data.SensorRecording;
import dev.adze.compress.data.Series;
import dev.adze.runtime.AdzeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A recording's rows for training, validation and test. No row is in two parts, and no window or target within one
 * part reaches into another; of {@link #byRows} the targets alone are kept apart.
 *
 * @param train      pieces of series; never empty
 * @param validation pieces of series; empty if none was asked for
 * @param test       pieces of series; empty if none was asked for
 * @param fitting    what scaling is fitted to: the rows that training sees, be it as targets alone
 */
public record Split(List<Series> train, List<Series> validation, List<Series> test, List<Series> fitting) {
    public Split {
        train = List.copyOf(train);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
        fitting = List.copyOf(fitting);
    }

    public Split(List<Series> train, List<Series> validation, List<Series> test) {
        this(train, validation, test, train);
    }

    /**
     * By numbers of rows, as published forecasting protocols do it: of every series the first {@code counts[0]} rows train,
     * the next {@code counts[1]} validate, the next {@code counts[2]} test. A part's targets lie within its rows, all of
     * them; its first windows read rows before it, so that the very first row is forecast too. Scaling is fitted to the
     * rows that train.
     *
     * @param counts       of train, validation and test, 0 or more; a test of 0 rows: all that are left
     * @param windowSteps  1 or more
     * @param horizonSteps how far targets reach
     * @throws AdzeException BAD_DATA if a series is too short, or a part for its windows
     */
    public static Split byRows(SensorRecording recording, List<Integer> counts, int windowSteps, int horizonSteps) {
        if (counts.size() != 3) {
            throw new AdzeException(AdzeException.Kind.USAGE, "a split by rows needs three numbers, of rows that train, validate"
                    + " and test, but split.rows has " + counts.size());
        }
        var parts = List.of(new ArrayList<Series>(), new ArrayList<Series>(), new ArrayList<Series>());
        var fitting = new ArrayList<Series>();
        for (Series s : recording.series()) {
            long wanted = (long) counts.get(0) + counts.get(1) + counts.get(2);
            if (wanted > s.rowCount()) {
                throw new AdzeException(AdzeException.Kind.BAD_DATA, "series " + s.unitId() + " has " + s.rowCount()
                        + " rows, fewer than the " + wanted + " of split.rows; take fewer, or more data");
            }
            int validation = s.startRow() + counts.get(0);
            int test = validation + counts.get(1);
            int end = counts.get(2) == 0 ? s.endRow() : test + counts.get(2);
            add(fitting, s, s.startRow(), validation);
            add(parts.get(0), s, s.startRow(), validation - horizonSteps);
            // The first window of a part ends on the row before it, or on its first where targets are not ahead.
            int reach = horizonSteps == 0 ? windowSteps - 1 : windowSteps;
            add(parts.get(1), s, Math.max(s.startRow(), validation - reach), counts.get(1) == 0 ? 0 : test - horizonSteps);
            add(parts.get(2), s, Math.max(s.startRow(), test - reach), end - horizonSteps);
        }
        var split = new Split(parts.get(0), parts.get(1), parts.get(2), fitting);
        require(split.train, "training", recording, horizonSteps);
        return split;
    }

    /**
     * In time order: the oldest rows train, newer ones validate, the newest test. The cuts lie at the same moment for
     * all series; where rows have no time, every series is cut by itself. Rows count for the fractions. Where a cut
     * goes through a series, the first {@code guardRows} rows after it belong to no part.
     *
     * @param validation fraction of the rows, 0 or more
     * @param test       fraction of the rows, 0 or more
     * @param guardRows  window + horizon, so that nothing that was seen in training overlaps what is judged
     * @throws AdzeException BAD_DATA if a part asked for keeps no row
     */
    public static Split byTime(SensorRecording recording, double validation, double test, int guardRows) {
        requireFractions(validation, test);
        double[] starts = {1 - validation - test, 1 - test};
        if (!recording.hasTimestamps()) {
            return cut(recording, guardRows, validation > 0, test > 0, (series, boundary) ->
                    series.startRow() + (int) Math.round(starts[boundary] * series.rowCount()));
        }
        long[] times = recording.timestampsMillis();
        Arrays.sort(times);
        long[] moments = new long[2];
        for (int i = 0; i < 2; i++) {
            int rank = (int) Math.round(starts[i] * times.length);
            moments[i] = rank < times.length ? times[rank] : Long.MAX_VALUE;
        }
        return cut(recording, guardRows, validation > 0, test > 0, (series, boundary) -> rowAt(recording, series, moments[boundary]));
    }

    /**
     * In time order with given cuts, for published protocols.
     *
     * @param validationFromMillis first moment of validation, since 1970-01-01 UTC
     * @param testFromMillis       first moment of the test, not before the validation's
     */
    public static Split byMoments(SensorRecording recording, long validationFromMillis, long testFromMillis, int guardRows) {
        if (!recording.hasTimestamps() || testFromMillis < validationFromMillis) {
            throw new AdzeException(AdzeException.Kind.USAGE, recording.hasTimestamps()
                    ? "the test part begins before the validation part; exchange them"
                    : "the recording has no time, so it cannot be split at a date; split by fractions");
        }
        long[] moments = {validationFromMillis, testFromMillis};
        return cut(recording, guardRows, testFromMillis > validationFromMillis, true,
                (series, boundary) -> rowAt(recording, series, moments[boundary]));
    }

    private interface Boundary {
        /** First row of validation (0) or test (1) in a series, from its start to its end. */
        int row(Series series, int boundary);
    }

    private static int rowAt(SensorRecording recording, Series series, long moment) {
        int row = series.startRow();
        while (row < series.endRow() && recording.timestampMillis(row) < moment) {
            row++;
        }
        return row;
    }

    private static Split cut(SensorRecording recording, int guardRows, boolean validation, boolean test, Boundary boundary) {
        if (guardRows < 0) {
            throw new IllegalArgumentException("guardRows " + guardRows);
        }
        var parts = List.of(new ArrayList<Series>(), new ArrayList<Series>(), new ArrayList<Series>());
        for (Series s : recording.series()) {
            int validationStart = boundary.row(s, 0);
            int testStart = boundary.row(s, 1);
            int validationGuard = validationStart > s.startRow() ? guardRows : 0;
            int testGuard = testStart > s.startRow() ? guardRows : 0;
            add(parts.get(0), s, s.startRow(), validationStart);
            add(parts.get(1), s, (long) validationStart + validationGuard, testStart);
            // Validation may have got no row at all because the guard ate it: the test part keeps its own distance.
            add(parts.get(2), s, (long) testStart + testGuard, s.endRow());
        }
        var split = new Split(parts.get(0), parts.get(1), parts.get(2));
        require(split.train, "training", recording, guardRows);
        if (validation) {
            require(split.validation, "validation", recording, guardRows);
        }
        if (test) {
            require(split.test, "test", recording, guardRows);
        }
        return split;
    }

    private static void add(List<Series> part, Series series, long from, int to) {
        if (from < to) {
            part.add(new Series(series.unitId(), (int) from, to - (int) from));
        }
    }

    private static void require(List<Series> part, String name, SensorRecording recording, int guardRows) {
        if (part.isEmpty()) {
            throw new AdzeException(AdzeException.Kind.BAD_DATA, "the " + name + " part keeps none of the " + recording.rowCount()
                    + " rows (" + recording.series().size() + " series, guard " + guardRows
                    + " rows); take more data, other fractions, or a shorter window or horizon");
        }
    }

    /**
     * By blocks of consecutive rows, drawn at random: for one long recording whose habits change along the way, of which
     * the newest part alone would be a poor judge. Where the part changes from one block to the next, the first
     * {@code guardRows} rows after the change belong to none.
     *
     * @param blockRows  much longer than the guard, or little is left
     * @param validation fraction of the blocks, 0 or more; above 0 at least one block
     * @param test       fraction of the blocks, likewise
     * @throws AdzeException BAD_DATA if there are too few blocks for the parts
     */
    public static Split byBlock(SensorRecording recording, int blockRows, double validation, double test, int guardRows,
            long seed) {
        requireFractions(validation, test);
        if (blockRows <= guardRows) {
            throw new AdzeException(AdzeException.Kind.USAGE, "blocks of " + blockRows + " rows are no longer than the guard of "
                    + guardRows + " rows between parts (window and horizon); take longer blocks");
        }
        var blocks = new ArrayList<Series>();
        for (Series s : recording.series()) {
            for (int row = s.startRow(); row < s.endRow(); row += blockRows) {
                blocks.add(new Series(s.unitId(), row, Math.min(blockRows, s.endRow() - row)));
            }
        }
        int validationBlocks = share(validation, blocks.size());
        int testBlocks = share(test, blocks.size());
        if (validationBlocks + testBlocks >= blocks.size()) {
            throw new AdzeException(AdzeException.Kind.BAD_DATA, "the recording has " + blocks.size() + " blocks of " + blockRows
                    + " rows, too few for training, validation and test; take shorter blocks or more data");
        }
        List<Integer> order = new ArrayList<>(IntStream.range(0, blocks.size()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        int[] partOf = new int[blocks.size()];
        order.subList(0, validationBlocks).forEach(i -> partOf[i] = 1);
        order.subList(validationBlocks, validationBlocks + testBlocks).forEach(i -> partOf[i] = 2);
        var parts = List.of(new ArrayList<Series>(), new ArrayList<Series>(), new ArrayList<Series>());
        for (int i = 0; i < blocks.size(); ) {
            int end = i + 1;
            while (end < blocks.size() && partOf[end] == partOf[i] && blocks.get(end).startRow() == blocks.get(end - 1).endRow()
                    && blocks.get(end).unitId().equals(blocks.get(i).unitId())) {
                end++;
            }
            boolean follows = i > 0 && recording.series().stream().noneMatch(startsAt(blocks.get(i).startRow()));
            add(parts.get(partOf[i]), blocks.get(i), (long) blocks.get(i).startRow() + (follows ? guardRows : 0),
                    blocks.get(end - 1).endRow());
            i = end;
        }
        var split = new Split(parts.get(0), parts.get(1), parts.get(2));
        require(split.train, "training", recording, guardRows);
        return split;
    }

    private static Predicate<Series> startsAt(int row) {
        return series -> series.startRow() == row;
    }

    /**
     * By whole units (engines, machines), drawn at random.
     *
     * @param validation fraction of the units, 0 or more; above 0 at least one unit
     * @param test       fraction of the units, likewise
     * @param seed       of the draw
     */
    public static Split byUnit(SensorRecording recording, double validation, double test, long seed) {
        requireFractions(validation, test);
        List<String> units = new ArrayList<>(units(recording));
        int validationUnits = share(validation, units.size());
        int testUnits = share(test, units.size());
        if (validationUnits + testUnits >= units.size()) {
            throw new AdzeException(AdzeException.Kind.BAD_DATA, "a split by unit needs at least "
                    + (validationUnits + testUnits + 1) + " units, but the recording has " + units.size()
                    + "; split by time, or name the unit column");
        }
        Collections.shuffle(units, new Random(seed));
        return byUnitNames(recording, units.subList(0, validationUnits),
                units.subList(validationUnits, validationUnits + testUnits));
    }

    /**
     * By whole units, named; all others train.
     *
     * @throws AdzeException BAD_DATA for an unknown unit, USAGE for one in both lists, or if none is left to train
     */
    public static Split byUnitNames(SensorRecording recording, List<String> validation, List<String> test) {
        Set<String> units = units(recording);
        for (String name : validation) {
            if (test.contains(name)) {
                throw new AdzeException(AdzeException.Kind.USAGE, "unit " + name + " is for both validation and test; choose one");
            }
        }
        for (String name : java.util.stream.Stream.concat(validation.stream(), test.stream()).toList()) {
            if (!units.contains(name)) {
                throw new AdzeException(AdzeException.Kind.BAD_DATA, "the recording has no unit " + name + "; its "
                        + units.size() + " units begin with " + String.join(", ", units.stream().limit(5).toList()));
            }
        }
        var split = new Split(
                recording.series().stream().filter(s -> !validation.contains(s.unitId()) && !test.contains(s.unitId())).toList(),
                recording.series().stream().filter(s -> validation.contains(s.unitId())).toList(),
                recording.series().stream().filter(s -> test.contains(s.unitId())).toList());
        if (split.train.isEmpty()) {
            throw new AdzeException(AdzeException.Kind.USAGE, "all units are for validation and test; leave some to train");
        }
        return split;
    }

    private static Set<String> units(SensorRecording recording) {
        var units = new LinkedHashSet<String>();
        recording.series().forEach(s -> units.add(s.unitId()));
        return units;
    }

    private static int share(double fraction, int units) {
        return fraction == 0 ? 0 : (int) Math.max(1, Math.round(fraction * units));
    }

    private static void requireFractions(double validation, double test) {
        if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
            throw new AdzeException(AdzeException.Kind.USAGE, "validation " + validation + " and test " + test
                    + " must be 0 or more and leave something to train");
        }
    }
}
