package dev.adze.compress.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What to read, as a recipe says it. Column names are those of the files without their {@code [unit]}; only
 * {@code rename}'s values are names of the recording.
 *
 * @param paths      files, folders (all files in them whose extension tells a format) or globs
 *                   ({@code runs/*.csv.gz}); their rows are read in this order, a glob's and a folder's by name
 * @param format     {@link DataFormat#AUTO}: by extension
 * @param time       where the time stands; CSV and Parquet only
 * @param unitColumn column that names the unit a row belongs to; empty: {@code unit_id} if there is one
 * @param seriesBy   which rows make a series where there is no unit column
 * @param separator  between CSV cells; 0: the one of comma, semicolon, tab and bar that the header has most of
 * @param missing    CSV cells that mean "missing" besides the empty one; NaN and infinities always do
 * @param keep       columns to keep, in this order; empty: all
 * @param drop       columns to leave out; the way to skip text columns
 * @param rename     column name to channel name
 * @param units      column name to unit, where the header has none or a wrong one
 * @param labels     columns of words and which they are; a word becomes its index, and a number that is such an index
 *                   stays. For class labels and true/false
 */
public record DataSpec(
        List<String> paths, DataFormat format, TimeSpec time, String unitColumn, SeriesBy seriesBy, char separator,
        List<String> missing, List<String> keep, List<String> drop, Map<String, String> rename,
        Map<String, String> units, SequencedMap<String, List<String>> labels) {
    /** Which rows make a series in the absence of a unit column. */
    public enum SeriesBy {
        /** Rows of all files in time order make one series; without time every file is one. */
        AUTO,
        /** Every file is a series of its own, named after the file: independent experiments. */
        FILE
    }

    /** Words that mean "missing" unless the recipe says otherwise. */
    public static final List<String> USUAL_MISSING = List.of("NA", "N/A", "null", "NULL", "None");

    public DataSpec {
        paths = List.copyOf(paths);
        missing = List.copyOf(missing);
        keep = List.copyOf(keep);
        drop = List.copyOf(drop);
        rename = Map.copyOf(rename);
        units = Map.copyOf(units);
        var copy = new LinkedHashMap<String, List<String>>();
        labels.forEach((column, words) -> copy.put(column, List.copyOf(words)));
        labels = Collections.unmodifiableSequencedMap(copy);
    }

    /** Reads the paths with everything found out from the files. */
    public static DataSpec of(List<String> paths) {
        return new DataSpec(paths, DataFormat.AUTO, TimeSpec.AUTO, "", SeriesBy.AUTO, '\0', USUAL_MISSING, List.of(),
                List.of(), Map.of(), Map.of(), new LinkedHashMap<>());
    }

    public static DataSpec of(String... paths) {
        return of(List.of(paths));
    }

    public DataSpec withFormat(DataFormat value) {
        return new DataSpec(paths, value, time, unitColumn, seriesBy, separator, missing, keep, drop, rename, units, labels);
    }

    public DataSpec withTime(TimeSpec value) {
        return new DataSpec(paths, format, value, unitColumn, seriesBy, separator, missing, keep, drop, rename, units, labels);
    }

    public DataSpec withUnitColumn(String value) {
        return new DataSpec(paths, format, time, value, seriesBy, separator, missing, keep, drop, rename, units, labels);
    }

    public DataSpec withSeriesBy(SeriesBy value) {
        return new DataSpec(paths, format, time, unitColumn, value, separator, missing, keep, drop, rename, units, labels);
    }

    public DataSpec withSeparator(char value) {
        return new DataSpec(paths, format, time, unitColumn, seriesBy, value, missing, keep, drop, rename, units, labels);
    }

    public DataSpec withMissing(List<String> value) {
        return new DataSpec(paths, format, time, unitColumn, seriesBy, separator, value, keep, drop, rename, units, labels);
    }

    public DataSpec withKeep(List<String> value) {
        return new DataSpec(paths, format, time, unitColumn, seriesBy, separator, missing, value, drop, rename, units, labels);
    }

    public DataSpec withDrop(List<String> value) {
        return new DataSpec(paths, format, time, unitColumn, seriesBy, separator, missing, keep, value, rename, units, labels);
    }

    public DataSpec withRename(Map<String, String> value) {
        return new DataSpec(paths, format, time, unitColumn, seriesBy, separator, missing, keep, drop, value, units, labels);
    }

    public DataSpec withUnits(Map<String, String> value) {
        return new DataSpec(paths, format, time, unitColumn, seriesBy, separator, missing, keep, drop, rename, value, labels);
    }

    public DataSpec withLabels(SequencedMap<String, List<String>> value) {
        return new DataSpec(paths, format, time, unitColumn, seriesBy, separator, missing, keep, drop, rename, units, value);
    }
}
