package dev.adze.compress.cli;

import dev.adze.compress.data.DataFormat;
import dev.adze.compress.data.DataSpec;
import dev.adze.compress.data.TimeSpec;
import dev.adze.runtime.AdzeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command-line words for a {@link DataSpec}; docs/data.md explains them. */
final class DataOptions {
    @Parameters(arity = "1..*", paramLabel = "FILES", description = "files, folders or globs: .csv, .csv.gz, .csv.zst, "
            + ".parquet, C-MAPSS .txt and .txt.gz")
    List<String> paths = List.of();

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "auto", description = "auto, csv, parquet or cmapss")
    String format;

    @Option(names = "--time-column", paramLabel = "NAME", defaultValue = "", description = "default: the first of time, "
            + "timestamp, date, datetime, ts, utc; none: rows are not in time")
    String timeColumn;

    @Option(names = "--time-unit", paramLabel = "UNIT", defaultValue = "", description = "of a numeric time: s, ms, us or ns")
    String timeUnit;

    @Option(names = "--time-format", paramLabel = "FORMAT", defaultValue = "", description = "of a time in text, as in "
            + "strptime: \"%%d.%%m.%%Y %%H:%%M:%%S\"; default: ISO 8601")
    String timeFormat;

    @Option(names = "--period", paramLabel = "MILLIS", defaultValue = "0", description = "nominal time between rows; "
            + "default: the median")
    long periodMillis;

    @Option(names = "--unit-column", paramLabel = "NAME", defaultValue = "", description = "names the engine or machine a "
            + "row belongs to; default: unit_id if there is one")
    String unitColumn;

    @Option(names = "--series-by", paramLabel = "WHAT", defaultValue = "auto", description = "auto or file: every file "
            + "is a series of its own")
    String seriesBy;

    @Option(names = "--separator", paramLabel = "CHAR", defaultValue = "", description = "between CSV cells; default: found out")
    String separator;

    @Option(names = "--missing", paramLabel = "WORD", split = ",", description = "cells that mean missing, besides the "
            + "empty one; default: NA, N/A, null, NULL, None")
    List<String> missing;

    @Option(names = "--keep", paramLabel = "NAME", split = ",", description = "columns to read; default: all")
    List<String> keep = new ArrayList<>();

    @Option(names = "--drop", paramLabel = "NAME", split = ",", description = "columns to leave out")
    List<String> drop = new ArrayList<>();

    @Option(names = "--labels", paramLabel = "NAME=WORD|WORD", description = "a text column and its words, which become "
            + "0, 1, ...")
    Map<String, String> labels = new LinkedHashMap<>();

    DataSpec toSpec() {
        var words = new LinkedHashMap<String, List<String>>();
        labels.forEach((column, list) -> words.put(column, List.of(list.split("\\|"))));
        DataSpec spec = DataSpec.of(paths).withFormat(choice("--format", format, DataFormat.values()))
                .withUnitColumn(unitColumn).withSeriesBy(choice("--series-by", seriesBy, DataSpec.SeriesBy.values()))
                .withTime(new TimeSpec(timeColumn, timeUnit, timeFormat, periodMillis))
                .withSeparator(separator.isEmpty() ? '\0' : separator.equals("\\t") ? '\t' : separator.charAt(0))
                .withKeep(keep).withDrop(drop).withLabels(words);
        return missing == null ? spec : spec.withMissing(missing);
    }

    /** A constant's name as users write it. */
    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> E choice(String option, String text, E[] values) {
        return Arrays.stream(values).filter(value -> name(value).equalsIgnoreCase(text)).findFirst()
                .orElseThrow(() -> new AdzeException(AdzeException.Kind.USAGE, option + " " + text + " is not known; choose "
                        + Arrays.stream(values).map(DataOptions::name).collect(Collectors.joining(", "))));
    }
}
