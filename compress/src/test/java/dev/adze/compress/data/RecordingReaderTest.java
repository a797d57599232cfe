package dev.adze.compress.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingReaderTest {
    private static final float NAN = Float.NaN;

    @TempDir
    Path folder;

    private SensorRecording read(DataSpec spec) {
        return RecordingReader.read(DataSource.resolve(spec, folder));
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try (OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(Files.newOutputStream(file)) : Files.newOutputStream(file)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private void duckDb(String sql) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:"); var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void readsOwnRecordingFormat() throws IOException {
        write("r.csv", "time[ms],cpu.busy[%],load[],mem\n1000,1.5,2,3\n1500,,4,NaN\n2000,2.5,inf,5\n");
        SensorRecording r = read(DataSpec.of("r.csv"));
        assertEquals(List.of(new Channel("cpu.busy", "%"), new Channel("load", ""), new Channel("mem", "")), r.channels());
        assertArrayEquals(new long[] {1000, 1500, 2000}, r.timestampsMillis());
        assertEquals(500, r.periodMillis());
        assertArrayEquals(new float[] {1.5f, NAN, 2.5f}, r.column("cpu.busy"));
        assertArrayEquals(new float[] {2, 4, NAN}, r.column("load"));
        assertArrayEquals(new float[] {3, NAN, 5}, r.column("mem"));
        assertEquals("{0, 2}", r.validity(0).toString());
        assertEquals(List.of(new Series("", 0, 3)), r.series());
    }

    @Test
    void readsByteOrderMarkCarriageReturnsQuotesAndBlankLines() throws IOException {
        write("r.csv", "\uFEFF\"time[s]\";\"a;b[m/s]\"\r\n1;\"2.5\"\r\n\r\n2; 3 \r\n");
        SensorRecording r = read(DataSpec.of("r.csv"));
        assertEquals(List.of(new Channel("a;b", "m/s")), r.channels());
        assertArrayEquals(new long[] {1000, 2000}, r.timestampsMillis());
        assertArrayEquals(new float[] {2.5f, 3}, r.column(0));
    }

    @Test
    void readsGzippedGlobInNameOrderAndSortsByTime() throws IOException {
        write("part/b.csv.gz", "time[ms],x\n1000,1\n2000,2\n");
        write("part/a.csv.gz", "time[ms],x\n4000,4\n3000,3\n");
        write("part/notes.md", "not data");
        SensorRecording r = read(DataSpec.of("part/*.csv.gz"));
        assertArrayEquals(new float[] {1, 2, 3, 4}, r.column("x"));
        assertEquals(1, r.series().size());
        assertArrayEquals(r.column("x"), read(DataSpec.of("part")).column("x"));
    }

    @Test
    void readsZstandardAsWrittenByAnother() throws Exception {
        duckDb("COPY (SELECT i * 100 AS \"time[ms]\", i * 0.25 AS \"x[V]\" FROM range(5) t(i)) TO '" + folder.resolve("z.csv.zst")
                + "' (FORMAT csv, HEADER true)");
        assertArrayEquals(new float[] {0, 0.25f, 0.5f, 0.75f, 1}, read(DataSpec.of("z.csv.zst")).column("x"));
    }

    @Test
    void readsParquetLikeCsv() throws Exception {
        duckDb("COPY (SELECT i * 500 AS \"time[ms]\", CASE WHEN i = 1 THEN NULL ELSE i * 0.5 END AS \"x[V]\", i % 2 = 0 AS even, "
                + "'u' || (i // 2) AS unit_id FROM range(4) t(i)) TO '" + folder.resolve("p.parquet") + "'");
        SensorRecording r = read(DataSpec.of("p.parquet"));
        assertEquals(List.of(new Channel("x", "V"), new Channel("even", "")), r.channels());
        assertArrayEquals(new float[] {0, NAN, 1, 1.5f}, r.column("x"));
        assertArrayEquals(new float[] {1, 0, 1, 0}, r.column("even"));
        assertEquals(List.of(new Series("u0", 0, 2), new Series("u1", 2, 2)), r.series());
        assertEquals(500, r.periodMillis());
    }

    @Test
    void readsParquetTimestampsAndRefusesText() throws Exception {
        duckDb("COPY (SELECT TIMESTAMP '2020-01-01' + i * INTERVAL 1 MINUTE AS date, i AS x, 'word' AS note FROM range(3) t(i)) TO '"
                + folder.resolve("p.parquet") + "'");
        refused(DataSpec.of("p.parquet"), "column note holds VARCHAR", "drop it");
        SensorRecording r = read(DataSpec.of("p.parquet").withDrop(List.of("note")));
        assertEquals(1577836800000L, r.timestampMillis(0));
        assertEquals(60_000, r.periodMillis());
    }

    @Test
    void readsParquetTimesOfAllResolutions() throws Exception {
        for (String type : List.of("TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMPTZ", "DATE", "VARCHAR")) {
            duckDb("COPY (SELECT CAST(TIMESTAMP '2020-01-02' AS " + type + ") AS date, 1 AS x) TO '"
                    + folder.resolve(type + ".parquet") + "'");
            assertEquals(1577923200000L, read(DataSpec.of(type + ".parquet")).timestampMillis(0), type);
        }
        duckDb("COPY (SELECT 5 AS time, 1 AS x) TO '" + folder.resolve("n.parquet") + "'");
        refused(DataSpec.of("n.parquet"), "time column time is a number without a unit");
        assertEquals(5000, read(DataSpec.of("n.parquet").withTime(new TimeSpec("", "s", "", 0))).timestampMillis(0));
    }

    @Test
    void understandsDatesOffsetsAndFormats() throws IOException {
        write("iso.csv", "date,x\n2020-01-01 02:00:00+02,1\n2020-01-01T00:00:01.250Z,2\n2020-01-01 00:00:02,3\n");
        assertArrayEquals(new long[] {1577836800000L, 1577836801250L, 1577836802000L},
                read(DataSpec.of("iso.csv")).timestampsMillis());
        write("de.csv", "Zeit;x\n31.12.2020 23:59:59;1\n01.01.2021 00:00:00;2\n");
        SensorRecording r = read(DataSpec.of("de.csv").withTime(new TimeSpec("Zeit", "", "%d.%m.%Y %H:%M:%S", 0)));
        assertArrayEquals(new long[] {1609459199000L, 1609459200000L}, r.timestampsMillis());
        write("zone.csv", "t,x\n31.12.2020 23:59 +0100,1\n");
        assertEquals(1609455540000L, read(DataSpec.of("zone.csv").withTime(new TimeSpec("t", "", "%d.%m.%Y %H:%M %z", 0)))
                .timestampMillis(0));
        write("ns.csv", "t,x\n1577836800000000000,1\n");
        assertEquals(1577836800000L, read(DataSpec.of("ns.csv").withTime(new TimeSpec("t", "ns", "", 0))).timestampMillis(0));
        refused(DataSpec.of("ns.csv").withTime(new TimeSpec("t", "", "", 0)),
                "data row 1, column t: \"1577836800000000000\" is no date and time", "its unit");
    }

    @Test
    void groupsInterleavedUnitsAndKeepsTheirOrder() throws IOException {
        write("u.csv", "time[ms],unit_id,x\n1,b,1\n1,a,2\n2,b,3\n2,a,4\n");
        SensorRecording r = read(DataSpec.of("u.csv"));
        assertEquals(List.of(new Series("b", 0, 2), new Series("a", 2, 2)), r.series());
        assertArrayEquals(new float[] {1, 3, 2, 4}, r.column("x"));
        assertEquals(List.of("x"), r.channelNames());
    }

    @Test
    void makesFilesSeriesWhenAskedOrWithoutTime() throws IOException {
        write("a.csv", "time[ms],x\n1,1\n2,2\n");
        write("b.csv", "time[ms],x\n1,3\n2,4\n");
        SensorRecording r = read(DataSpec.of("a.csv", "b.csv").withSeriesBy(DataSpec.SeriesBy.FILE));
        assertEquals(List.of(new Series("a", 0, 2), new Series("b", 2, 2)), r.series());
        r = read(DataSpec.of("a.csv", "b.csv").withTime(TimeSpec.NONE));
        assertEquals(2, r.series().size());
        assertFalse(r.hasTimestamps());
        assertEquals(List.of("time", "x"), r.channelNames());
    }

    @Test
    void keepsDropsRenamesAndLabels() throws IOException {
        write("l.csv", "t[ms],speed,state,note\n1,5,ok,hello\n2,6,worn,\n3,7,,x\n");
        var labels = new LinkedHashMap<String, List<String>>(Map.of("state", List.of("ok", "worn")));
        DataSpec spec = DataSpec.of("l.csv").withTime(new TimeSpec("t", "", "", 0)).withLabels(labels)
                .withRename(Map.of("speed", "pump.speed")).withUnits(Map.of("speed", "rpm"));
        SensorRecording r = read(spec.withKeep(List.of("state", "speed")));
        assertEquals(List.of(new Channel("state", ""), new Channel("pump.speed", "rpm")), r.channels());
        assertArrayEquals(new float[] {0, 1, NAN}, r.column("state"));
        assertEquals(r.channels().size(), read(spec.withDrop(List.of("note"))).channels().size());
        labels.put("state", List.of("ok"));
        refused(spec.withLabels(labels).withDrop(List.of("note")), "data row 2", "column state", "none of its labels");
        write("n.csv", "x,anomaly\n1,0.0\n2,1\n3,anomalous\n");
        labels.clear();
        labels.put("anomaly", List.of("normal", "anomalous"));
        assertArrayEquals(new float[] {0, 1, 1}, read(DataSpec.of("n.csv").withLabels(labels)).column("anomaly"));
        write("n.csv", "x,anomaly\n1,0.0\n2,2\n");
        refused(DataSpec.of("n.csv").withLabels(labels), "data row 2, column anomaly");
        refused(spec.withKeep(List.of("sped")), "no column sped", "did you mean speed?");
        refused(spec.withDrop(List.of("zzzzzz")), "no column zzzzzz", "it has t, speed");
    }

    @Test
    void namesFileLineAndColumnOfTextInANumber() throws IOException {
        write("bad.csv.gz", "time[ms],temp[degC],x\n1,2,3\n2,4,5\n3,warm,6\n4,hot,7\n");
        refused(DataSpec.of("bad.csv.gz"), "bad.csv.gz line 4, column temp: \"warm\" is no number", "in all 2 lines are refused");
        refused(DataSpec.of("bad.csv.gz").withMissing(List.of("warm")), "line 5, column temp: \"hot\"");
        assertArrayEquals(new float[] {2, 4, NAN, NAN},
                read(DataSpec.of("bad.csv.gz").withMissing(List.of("warm", "hot"))).column("temp"));
    }

    @Test
    void refusesRaggedRows() throws IOException {
        write("few.csv", "time[ms],x,y\n1,2,3\n2,4\n");
        refused(DataSpec.of("few.csv"), "few.csv line 3 has 2 cells where the header has 3");
        write("many.csv", "time[ms],x,y\n1,2,3\n2,4,5,6\n");
        refused(DataSpec.of("many.csv"), "many.csv line 3 has 4 cells where the header has 3");
    }

    @Test
    void refusesEmptyHeaderlessAndRowlessFiles() throws IOException {
        write("empty.csv", "");
        refused(DataSpec.of("empty.csv"), "empty.csv is empty");
        write("blank.csv", "\n\n");
        refused(DataSpec.of("blank.csv"), "blank.csv begins with a blank line");
        write("header.csv", "time[ms],x\n");
        refused(DataSpec.of("header.csv"), "header.csv has column names but no rows");
        write("numbers.csv", "1,2\n3,4\n");
        refused(DataSpec.of("numbers.csv"), "begins with numbers (1,2)", "header line");
        write("time.csv", "time[ms]\n1\n");
        refused(DataSpec.of("time.csv"), "no channel left");
    }

    @Test
    void refusesDuplicateColumnsButKnowsCase() throws IOException {
        write("twice.csv", "time[ms],x[V],x[A]\n1,2,3\n");
        refused(DataSpec.of("twice.csv"), "twice.csv has two columns named x");
        write("case.csv", "time[ms],x,X\n1,2,3\n");
        assertEquals(List.of("x", "X"), read(DataSpec.of("case.csv")).channelNames());
    }

    @Test
    void refusesFilesWhoseColumnsDiffer() throws IOException {
        write("a.csv", "time[ms],x[V],y\n1,1,2\n");
        write("b.csv", "time[ms],y,x[V]\n2,4,3\n");
        assertArrayEquals(new float[] {1, 3}, read(DataSpec.of("a.csv", "b.csv")).column("x"));
        write("c.csv", "time[ms],x[V]\n3,5\n");
        refused(DataSpec.of("a.csv", "c.csv"), "c.csv lacks column y, which", "a.csv has");
        refused(DataSpec.of("c.csv", "a.csv"), "a.csv has column y, which", "keep");
        assertArrayEquals(new float[] {1, 5}, read(DataSpec.of("a.csv", "c.csv").withKeep(List.of("x"))).column("x"));
        write("d.csv", "time[ms],x[mV],y\n1,1,2\n");
        refused(DataSpec.of("a.csv", "d.csv"), "x[mV]", "x[V]");
    }

    @Test
    void refusesRowsWithoutTimeOrUnitAndHugeValues() throws IOException {
        write("t.csv", "time[ms],x\n1,1\n,2\n");
        refused(DataSpec.of("t.csv"), "data row 2, column time: no time");
        write("u.csv", "time[ms],unit_id,x\n1,a,1\n2,,2\n");
        refused(DataSpec.of("u.csv"), "data row 2 names no unit");
        write("h.csv", "time[ms],x\n1,1e39\n");
        refused(DataSpec.of("h.csv"), "column x", "too large");
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        Path whole = write("cut.csv.gz", "time[ms],x\n" + "1,2\n".repeat(5000));
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(whole, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        refused(DataSpec.of("cut.csv.gz"), "cut.csv.gz");
        Files.write(folder.resolve("p.parquet"), "PAR1 not really".getBytes(StandardCharsets.UTF_8));
        refused(DataSpec.of("p.parquet"), "p.parquet cannot be read");
        Files.write(folder.resolve("bin.csv"), new byte[] {(byte) 0x80, (byte) 0xff, 0, 1, 2, 10, 3, 4});
        refused(DataSpec.of("bin.csv"), "bin.csv line 1 is not UTF-8 text");
        Files.write(folder.resolve("latin.csv"), "time[ms],temp[\u00b0C]\n1,2\n".getBytes(StandardCharsets.ISO_8859_1));
        refused(DataSpec.of("latin.csv"), "latin.csv line 1 is not UTF-8 text");
        Files.write(folder.resolve("late.csv"), "time[ms],x\n1,2\n2,3\u00b0\n".getBytes(StandardCharsets.ISO_8859_1));
        refused(DataSpec.of("late.csv"), "late.csv line 3 is not UTF-8 text");
        Files.write(folder.resolve("fake.csv.gz"), "time[ms],x\n1,2\n".getBytes(StandardCharsets.UTF_8));
        refused(DataSpec.of("fake.csv.gz"), "fake.csv.gz cannot be read", "not a GZIP stream");
    }

    @Test
    void readsFilesWhoseNamesLookLikeGlobsOrSql() throws IOException {
        write("a[1]*.csv", "time[ms],x\n1,7\n");
        write("a1.csv", "time[ms],x\n1,8\n");
        write("it's; --.csv", "time[ms],it's \"x\"\n1,9\n");
        assertArrayEquals(new float[] {7}, read(DataSpec.of("a[1]*.csv")).column("x"));
        assertArrayEquals(new float[] {9}, read(DataSpec.of("it's; --.csv")).column(0));
    }

    @Test
    void readsManyRowsInFileOrder() throws IOException {
        var text = new StringBuilder("x,y\n");
        for (int i = 0; i < 200_000; i++) {
            text.append(i).append(",0.5\n");
        }
        write("long.csv", text.toString());
        float[] x = read(DataSpec.of("long.csv")).column("x");
        assertEquals(200_000, x.length);
        for (int i = 0; i < x.length; i++) {
            assertTrue(x[i] == i, "row " + i + " is " + x[i]);
        }
    }

    private void refused(DataSpec spec, String... parts) {
        Refusals.assertRefused(() -> read(spec), parts);
    }
}
