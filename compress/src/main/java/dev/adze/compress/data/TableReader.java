package dev.adze.compress.data;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** What differs between the file formats that DuckDB reads. {@link TableQuery} does the rest. */
sealed interface TableReader permits CsvReader, ParquetReader {
    /** A file's columns and what else its reader needs to know; files of equal layout are read by one query. */
    record Layout(List<Channel> columns, Object detail) {}

    Layout layout(Path file) throws SQLException;

    /** SQL for the rows of files of one layout, with a column {@code filename}. */
    String source(List<Path> files, Layout layout, ColumnPlan plan);

    /** SQL for a row's time in milliseconds since 1970. */
    String time(Layout layout, int index);

    /** SQL for a column as text. */
    String text(Layout layout, int index);

    /** SQL for a column as DOUBLE. */
    String number(Layout layout, int index);

    /** Throws for what was wrong with the rows of the last query, once all were fetched. */
    void check(Layout layout, ColumnPlan plan) throws SQLException;
}
