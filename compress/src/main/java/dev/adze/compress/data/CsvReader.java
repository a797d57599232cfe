package dev.adze.compress.data;

import dev.adze.runtime.AdzeException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * CSV files through DuckDB: one query for every run of files with the same header. Column types are ours, not
 * guessed from the rows, so a word among numbers is an error with file, line and column instead of a text column.
 */
final class CsvReader implements TableReader {
    private static final Pattern BAD_VALUE = Pattern.compile("Could not convert string \"(.*)\" to '", Pattern.DOTALL);

    private final DuckDb db;
    private final DataSpec spec;

    CsvReader(DuckDb db, DataSpec spec) {
        this.db = db;
        this.spec = spec;
    }

    @Override
    public Layout layout(Path file) throws SQLException {
        String sql = "SELECT * FROM read_csv(" + DuckDb.fileList(List.of(file)) + ", auto_detect = false, delim = '\1', "
                + "quote = '', escape = '', header = false, columns = {'line': 'VARCHAR'}) LIMIT 1";
        try (ResultSet rows = db.query(sql)) {
            if (!rows.next()) {
                throw ColumnPlan.bad(file + " is empty; it should begin with a line of column names");
            }
            String line = rows.getString(1);
            if (line == null || line.isBlank()) {
                throw ColumnPlan.bad(file + " begins with a blank line; it should begin with a line of column names");
            }
            CsvHeader header = CsvHeader.parse(line, spec.separator(), file.toString());
            return new Layout(header.columns(), header);
        }
    }

    @Override
    public String source(List<Path> files, Layout layout, ColumnPlan plan) {
        CsvHeader header = (CsvHeader) layout.detail();
        List<Channel> columns = header.columns();
        String types = IntStream.range(0, columns.size())
                .mapToObj(i -> "'c" + i + "': '" + type(i, columns.get(i), plan) + "'")
                .collect(Collectors.joining(", ", "{", "}"));
        var missing = new ArrayList<>(spec.missing());
        missing.addFirst("");
        return "read_csv(" + DuckDb.fileList(files) + ", auto_detect = false, header = true, quote = '\"', escape = '\"', "
                + "delim = " + DuckDb.literal(String.valueOf(header.separator())) + ", columns = " + types
                + ", nullstr = " + DuckDb.list(missing) + ", filename = true, store_rejects = true, rejects_limit = 1000)";
    }

    private String type(int index, Channel column, ColumnPlan plan) {
        if (index == plan.time()) {
            // Text is turned into time by the query: read_csv gives null for a bad TIMESTAMPTZ instead of refusing it.
            return TimeUnits.of(spec.time(), column).isEmpty() ? "VARCHAR" : "DOUBLE";
        }
        boolean number = plan.picks().stream().anyMatch(pick -> pick.index() == index && pick.words().isEmpty());
        return number ? "DOUBLE" : "VARCHAR";
    }

    @Override
    public String time(Layout layout, int index) {
        String unit = TimeUnits.of(spec.time(), layout.columns().get(index));
        return unit.isEmpty() ? TimeUnits.textToMillis("c" + index, spec.time()) : TimeUnits.toMillis("c" + index, unit);
    }

    @Override
    public String text(Layout layout, int index) {
        return "CAST(c" + index + " AS VARCHAR)";
    }

    @Override
    public String number(Layout layout, int index) {
        return "c" + index;
    }

    /** After all rows were fetched: the first line that DuckDB refused, if any. */
    @Override
    public void check(Layout layout, ColumnPlan plan) throws SQLException {
        String from = " FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) WHERE scan_id = "
                + "(SELECT max(scan_id) FROM reject_scans)";
        long count;
        try (ResultSet counted = db.query("SELECT count(DISTINCT (file_id, line))" + from)) {
            counted.next();
            count = counted.getLong(1);
        }
        try (ResultSet errors = db.query("SELECT s.file_path, e.line, e.column_idx, CAST(e.error_type AS VARCHAR), "
                + "e.error_message" + from + " ORDER BY file_id, line, e.column_idx LIMIT 1")) {
            if (errors.next()) {
                String more = count == 1 ? "" : "; in all " + (count >= 1000 ? "1000 or more" : count) + " lines are refused";
                throw refused(errors.getString(1) + " line " + errors.getLong(2), (int) errors.getLong(3) - 1,
                        errors.getString(4), errors.getString(5), layout.columns(), plan, more);
            }
        }
    }

    private static AdzeException refused(String where, int index, String kind, String message, List<Channel> columns,
            ColumnPlan plan, String more) {
        return switch (kind) {
            case "CAST" -> {
                Matcher matcher = BAD_VALUE.matcher(message);
                String value = matcher.find() ? "\"" + matcher.group(1) + "\"" : "a cell";
                String column = columns.get(index).name();
                yield ColumnPlan.bad(where + ", column " + column + ": " + value + " is no number; mend the cell"
                        + (index == plan.time() ? "" : ", list the word as missing or label, or drop the column") + more);
            }
            case "MISSING COLUMNS", "TOO MANY COLUMNS" -> {
                Matcher numbers = Pattern.compile("(\\d+)\\D+(\\d+)").matcher(message);
                yield ColumnPlan.bad(where + (numbers.find()
                        ? " has " + numbers.group(2) + " cells where the header has " + columns.size()
                        : " has another number of cells than the header") + "; mend the line" + more);
            }
            default -> ColumnPlan.bad(where + ": " + message + "; mend the line" + more);
        };
    }
}
