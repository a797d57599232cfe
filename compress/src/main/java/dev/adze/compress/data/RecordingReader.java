package dev.adze.compress.data;

/** Reads recordings of every {@link DataFormat}. */
public final class RecordingReader {
    private RecordingReader() {}

    /**
     * Reads all files of a source into one recording. Rows are grouped by unit and sorted by time within it; rows of
     * equal time stay in the files' order.
     *
     * @throws dev.adze.runtime.AdzeException BAD_DATA, with file and where possible line and column, for: an empty
     *     file, no rows, no header, a column twice, text in a number, a line with too few or too many cells, a row
     *     without time or unit, files whose columns differ, a damaged file, an option that names an unknown column
     */
    public static SensorRecording read(DataSource source) {
        return switch (source.format()) {
            case CSV -> TableQuery.read(source, db -> new CsvReader(db, source.spec()));
            case PARQUET -> TableQuery.read(source, db -> new ParquetReader(db, source.spec()));
            case CMAPSS -> CmapssReader.read(source);
            case AUTO -> throw new IllegalArgumentException("DataSource.resolve tells the format");
        };
    }
}
