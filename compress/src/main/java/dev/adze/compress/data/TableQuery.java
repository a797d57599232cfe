package dev.adze.compress.data;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the files of a source, whatever their format, with one query for every run of files of equal layout. */
final class TableQuery {
    private final DataSource source;
    private final DataSpec spec;
    private RowBuffer buffer;
    private ColumnPlan firstPlan;
    private String file = "";
    private int group;
    private long rowInFile;

    private TableQuery(DataSource source) {
        this.source = source;
        spec = source.spec();
    }

    static SensorRecording read(DataSource source, Function<DuckDb, TableReader> format) {
        var query = new TableQuery(source);
        String where = source.files().getFirst().toString();
        try (var db = new DuckDb()) {
            TableReader reader = format.apply(db);
            var layouts = new ArrayList<TableReader.Layout>();
            for (Path file : source.files()) {
                where = file.toString();
                layouts.add(reader.layout(file));
            }
            for (int start = 0, end; start < layouts.size(); start = end) {
                end = start + 1;
                while (end < layouts.size() && layouts.get(end).equals(layouts.get(start))) {
                    end++;
                }
                where = source.files().get(start) + (end - start > 1 ? " or one of the " + (end - start - 1) + " files after it" : "");
                query.append(db, reader, layouts.get(start), source.files().subList(start, end));
            }
        } catch (SQLException e) {
            throw DuckDb.failure(where, e);
        }
        if (query.buffer.rows() == 0) {
            throw ColumnPlan.bad(source.files().getFirst() + (source.files().size() > 1 ? " and the files after it have"
                    : " has") + " column names but no rows");
        }
        return query.buffer.toRecording(query.firstPlan.picks().stream().map(ColumnPlan.Pick::channel).toList(),
                query.spec.time().periodMillis());
    }

    private void append(DuckDb db, TableReader reader, TableReader.Layout layout, List<Path> files) throws SQLException {
        String where = files.getFirst().toString();
        ColumnPlan plan = ColumnPlan.of(spec, layout.columns(), where);
        if (firstPlan == null) {
            firstPlan = plan;
            buffer = new RowBuffer(plan.picks().size(), plan.time() >= 0);
        } else {
            plan = plan.alignedTo(firstPlan, source.files().getFirst().toString(), where);
        }
        String time = plan.time() < 0 ? "0" : reader.time(layout, plan.time());
        String badTime = plan.time() < 0 ? "''"
                : "CASE WHEN " + time + " IS NULL THEN " + reader.text(layout, plan.time()) + " ELSE '' END";
        String sql = "SELECT filename, " + time + ", " + badTime + ", "
                + (plan.unit() < 0 ? "''" : reader.text(layout, plan.unit())) + plan.picks().stream()
                .map(pick -> ", " + value(reader, layout, pick)).collect(Collectors.joining())
                + " FROM " + reader.source(files, layout, plan);
        try (ResultSet rows = db.query(sql)) {
            while (rows.next()) {
                appendRow(rows, plan, layout);
            }
        }
        reader.check(layout, plan);
    }

    /** A number as it is; a label, or a number that is a label's index, as that index, any other word as -1. */
    private static String value(TableReader reader, TableReader.Layout layout, ColumnPlan.Pick pick) {
        if (pick.words().isEmpty()) {
            return "coalesce(" + reader.number(layout, pick.index()) + ", 'NaN'::DOUBLE)";
        }
        String text = reader.text(layout, pick.index());
        String word = "CAST(nullif(coalesce(list_position(" + DuckDb.list(pick.words()) + ", " + text + "), 0), 0) - 1 AS DOUBLE)";
        String number = "TRY_CAST(" + text + " AS DOUBLE)";
        return "CASE WHEN " + text + " IS NULL THEN 'NaN'::DOUBLE WHEN " + word + " IS NOT NULL THEN " + word + " WHEN "
                + number + " >= 0 AND " + number + " < " + pick.words().size() + " AND " + number + " = floor(" + number
                + ") THEN " + number + " ELSE -1 END";
    }

    private void appendRow(ResultSet rows, ColumnPlan plan, TableReader.Layout layout) throws SQLException {
        String from = rows.getString(1);
        if (!from.equals(file)) {
            file = from;
            rowInFile = 0;
            group = buffer.group(plan.unit() >= 0 ? "" : seriesOf(from, plan));
        }
        rowInFile++;
        long time = rows.getLong(2);
        if (rows.wasNull()) {
            String text = rows.getString(3);
            throw ColumnPlan.bad(here() + ", column " + layout.columns().get(plan.time()).name() + (text == null
                    ? ": no time; mend or remove the row"
                    : ": \"" + text + "\" is no date and time; state the time's format, or its unit if it is a number"));
        }
        if (plan.unit() >= 0) {
            String unit = rows.getString(4);
            if (unit == null) {
                throw ColumnPlan.bad(here() + " names no unit; mend or remove the row");
            }
            group = buffer.group(unit);
        }
        buffer.startRow(group, time);
        for (int k = 0; k < plan.picks().size(); k++) {
            double value = rows.getDouble(5 + k);
            ColumnPlan.Pick pick = plan.picks().get(k);
            if (value == -1 && !pick.words().isEmpty()) {
                throw ColumnPlan.bad(here() + ", column " + pick.channel().name() + " holds a word that is none of its labels (nor the index of one) "
                        + String.join(", ", pick.words()) + "; add it to them");
            }
            if (Double.isFinite(value) && Float.isInfinite((float) value)) {
                throw ColumnPlan.bad(here() + ", column " + pick.channel().name() + ": " + value
                        + " is too large; values must stay within 3.4e38");
            }
            buffer.set(k, (float) value);
        }
    }

    private String here() {
        return file + " data row " + rowInFile;
    }

    private String seriesOf(String from, ColumnPlan plan) {
        boolean byFile = spec.seriesBy() == DataSpec.SeriesBy.FILE || plan.time() < 0 && source.files().size() > 1;
        if (!byFile) {
            return "";
        }
        String name = Path.of(from).getFileName().toString();
        boolean unique = source.files().stream().filter(f -> f.getFileName().toString().equals(name)).count() == 1;
        return unique ? name.replaceFirst("\\.(csv|tsv|parquet)(\\.gz|\\.zst)?$", "") : from;
    }
}
