package dev.adze.compress.data;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Parquet files through DuckDB. Types come from the files; text columns must be labels or be dropped. */
final class ParquetReader implements TableReader {
    private static final Pattern NUMERIC = Pattern.compile(
            "U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\\(.*\\)|BOOLEAN");
    private static final Pattern MOMENT = Pattern.compile("TIMESTAMP.*|DATE");

    private final DuckDb db;
    private final DataSpec spec;

    ParquetReader(DuckDb db, DataSpec spec) {
        this.db = db;
        this.spec = spec;
    }

    /** Names as stored and DuckDB types, in file order. */
    private record Schema(String file, List<String> names, List<String> types) {
        /** The file name is for messages only: files of one schema are read together. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Schema s && s.names.equals(names) && s.types.equals(types);
        }

        @Override
        public int hashCode() {
            return names.hashCode();
        }
    }

    @Override
    public Layout layout(Path file) throws SQLException {
        var names = new ArrayList<String>();
        var types = new ArrayList<String>();
        try (ResultSet columns = db.query("DESCRIBE SELECT * FROM read_parquet(" + DuckDb.fileList(List.of(file)) + ")")) {
            while (columns.next()) {
                names.add(columns.getString(1));
                types.add(columns.getString(2));
            }
        }
        return new Layout(names.stream().map(Channel::ofHeader).toList(),
                new Schema(file.toString(), List.copyOf(names), List.copyOf(types)));
    }

    @Override
    public String source(List<Path> files, Layout layout, ColumnPlan plan) {
        Schema schema = (Schema) layout.detail();
        for (ColumnPlan.Pick pick : plan.picks()) {
            String type = schema.types.get(pick.index());
            if (pick.words().isEmpty() && !NUMERIC.matcher(type).matches()) {
                throw ColumnPlan.bad(schema.file + ", column " + pick.channel().name() + " holds " + type
                        + ", not numbers; drop it, or give its labels if it is a class");
            }
        }
        return "read_parquet(" + DuckDb.fileList(files) + ", filename = true)";
    }

    @Override
    public String time(Layout layout, int index) {
        Schema schema = (Schema) layout.detail();
        String column = DuckDb.identifier(schema.names.get(index));
        String type = schema.types.get(index);
        if (MOMENT.matcher(type).matches()) {
            return "epoch_ms(CAST(" + column + " AS TIMESTAMPTZ))";
        }
        if (type.equals("VARCHAR")) {
            return TimeUnits.textToMillis(column, spec.time());
        }
        String unit = TimeUnits.of(spec.time(), layout.columns().get(index));
        if (unit.isEmpty()) {
            throw ColumnPlan.bad(schema.file + ", time column " + layout.columns().get(index).name()
                    + " is a number without a unit; state the time's unit: s, ms, us or ns");
        }
        return TimeUnits.toMillis("CAST(" + column + " AS DOUBLE)", unit);
    }

    @Override
    public String text(Layout layout, int index) {
        return "CAST(" + DuckDb.identifier(((Schema) layout.detail()).names.get(index)) + " AS VARCHAR)";
    }

    @Override
    public String number(Layout layout, int index) {
        return "CAST(" + DuckDb.identifier(((Schema) layout.detail()).names.get(index)) + " AS DOUBLE)";
    }

    @Override
    public void check(Layout layout, ColumnPlan plan) {
        // Parquet columns are typed: source() has refused what does not fit.
    }
}
