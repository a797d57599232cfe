package dev.adze.compress.data;

import dev.adze.runtime.AdzeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The text files of NASA's C-MAPSS turbofan sets FD001 to FD004: blank-separated, no header, one line a flight cycle.
 * Columns and units: Saxena, Goebel, Simon, Eklund, "Damage Propagation Modeling for Aircraft Engine Run-to-Failure
 * Simulation", PHM08, 2008, table 2. Every engine is a series named by its number; rows are in cycles, not in time.
 */
public final class CmapssReader {
    /** Columns after the engine's number, in file order. */
    public static final List<Channel> CHANNELS = List.of(
            new Channel("cycle", "cycles"), new Channel("setting1", ""), new Channel("setting2", ""),
            new Channel("setting3", ""), new Channel("T2", "degR"), new Channel("T24", "degR"),
            new Channel("T30", "degR"), new Channel("T50", "degR"), new Channel("P2", "psia"),
            new Channel("P15", "psia"), new Channel("P30", "psia"), new Channel("Nf", "rpm"), new Channel("Nc", "rpm"),
            new Channel("epr", ""), new Channel("Ps30", "psia"), new Channel("phi", "pps/psi"),
            new Channel("NRf", "rpm"), new Channel("NRc", "rpm"), new Channel("BPR", ""), new Channel("farB", ""),
            new Channel("htBleed", ""), new Channel("Nf_dmd", "rpm"), new Channel("PCNfR_dmd", "rpm"),
            new Channel("W31", "lbm/s"), new Channel("W32", "lbm/s"));

    private CmapssReader() {}

    /**
     * One set of a folder as published.
     *
     * @param train         engines run to failure
     * @param test          engines cut off before failure
     * @param remainingLife {@code [test engines]} cycles left after an engine's last row, in the test series' order
     */
    public record Cmapss(SensorRecording train, SensorRecording test, float[] remainingLife) {}

    /**
     * Reads {@code train_SET.txt}, {@code test_SET.txt} and {@code RUL_SET.txt}, each plain or with {@code .gz}.
     *
     * @param set {@code FD001} to {@code FD004}
     */
    public static Cmapss readSet(Path folder, String set) {
        Path rul = file(folder, "RUL_" + set);
        SensorRecording test = read(sourceOf(file(folder, "test_" + set)));
        float[] remaining = readRemainingLife(rul);
        if (remaining.length != test.series().size()) {
            throw ColumnPlan.bad(rul + " has " + remaining.length + " lines but the test file has " + test.series().size()
                    + " engines; take both from the same set");
        }
        return new Cmapss(read(sourceOf(file(folder, "train_" + set))), test, remaining);
    }

    private static DataSource sourceOf(Path file) {
        return new DataSource(DataSpec.of(file.toString()), List.of(file), DataFormat.CMAPSS);
    }

    private static Path file(Path folder, String name) {
        for (String extension : List.of(".txt", ".txt.gz")) {
            Path file = folder.resolve(name + extension);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new AdzeException(AdzeException.Kind.NOT_FOUND, folder + " holds neither " + name + ".txt nor " + name
                + ".txt.gz; name the folder with the C-MAPSS files");
    }

    static SensorRecording read(DataSource source) {
        var rows = new RowBuffer(CHANNELS.size(), false);
        for (Path file : source.files()) {
            String prefix = source.files().size() > 1 ? file.getFileName() + "/" : "";
            forEachLine(file, CHANNELS.size() + 1, (line, cells) -> {
                rows.startRow(rows.group(prefix + cells[0]), 0);
                for (int k = 0; k < CHANNELS.size(); k++) {
                    rows.set(k, number(file, line, CHANNELS.get(k).name(), cells[k + 1]));
                }
            });
        }
        if (rows.rows() == 0) {
            throw ColumnPlan.bad(source.files().getFirst() + " is empty");
        }
        ColumnPlan plan = ColumnPlan.of(source.spec().withTime(TimeSpec.NONE), CHANNELS, source.files().getFirst().toString());
        SensorRecording all = rows.toRecording(CHANNELS, 0);
        var columns = plan.picks().stream().map(pick -> all.column(pick.index())).toArray(float[][]::new);
        return new SensorRecording(plan.picks().stream().map(ColumnPlan.Pick::channel).toList(), columns, all.series(), null, 0, true);
    }

    /** Reads a file of one number a line. */
    public static float[] readRemainingLife(Path file) {
        var values = new ArrayList<Float>();
        forEachLine(file, 1, (line, cells) -> values.add(number(file, line, "remaining life", cells[0])));
        float[] result = new float[values.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = values.get(i);
        }
        return result;
    }

    private interface LineConsumer {
        void accept(int line, String[] cells);
    }

    private static void forEachLine(Path file, int cellCount, LineConsumer consumer) {
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw;
                var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            int line = 0;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                line++;
                if (text.isBlank()) {
                    continue;
                }
                String[] cells = text.strip().split("\\s+");
                if (cells.length != cellCount) {
                    throw ColumnPlan.bad(file + " line " + line + " has " + cells.length + " numbers where C-MAPSS has " + cellCount
                            + "; mend the line, or state the format if this is no C-MAPSS file");
                }
                consumer.accept(line, cells);
            }
        } catch (IOException e) {
            throw DataSource.unreadable(file, e);
        }
    }

    private static float number(Path file, int line, String column, String cell) {
        try {
            return Float.parseFloat(cell);
        } catch (NumberFormatException _) {
            throw ColumnPlan.bad(file + " line " + line + ", column " + column + ": \"" + cell + "\" is no number; mend the cell");
        }
    }
}
