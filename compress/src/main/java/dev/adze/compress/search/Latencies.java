package dev.adze.compress.search;

import dev.adze.compress.pipeline.Progress;
import dev.adze.runtime.calibrate.Calibration;
import dev.adze.runtime.calibrate.LatencyTable;
import dev.adze.runtime.calibrate.LatencyTable.Cell;
import dev.adze.runtime.calibrate.LatencyTableFile;
import dev.adze.runtime.model.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The latency table of a search: the device's, or one measured here once and kept in the search's folder. */
final class Latencies {
    private static final int LARGEST = 256;
    private static final double SECONDS = 0.05;

    private Latencies() {}

    static LatencyTable table(SearchSpec spec, Path folder, Progress progress) {
        Path kept = folder.resolve("latency-table.json");
        if (Files.exists(kept)) {
            return LatencyTableFile.read(kept);
        }
        LatencyTable table;
        if (spec.latency().table() != null) {
            table = LatencyTableFile.read(spec.latency().table());
        } else {
            List<Precision> precisions = precisions(spec);
            progress.line("latency: no table of a device is given, so this machine is measured: " + precisions.size() + " precisions");
            table = new Calibration(cells(spec), precisions, LARGEST, LARGEST, SECONDS).run(_ -> { });
        }
        LatencyTableFile.write(table, kept);
        return table;
    }

    private static List<Precision> precisions(SearchSpec spec) {
        return spec.space().stream().filter(d -> d.key().equals(SearchSpec.PRECISION)).findFirst()
                .map(d -> ((Dimension.Choice) d).values().stream().map(v -> Precision.valueOf(v.toUpperCase(Locale.ROOT))).toList())
                .orElse(List.of(spec.precision()));
    }

    private static List<Cell> cells(SearchSpec spec) {
        return spec.space().stream().filter(d -> d.key().equals("student.architecture.cell")).findFirst()
                .map(d -> ((Dimension.Choice) d).values().stream().map(v -> Cell.valueOf(v.toUpperCase(Locale.ROOT))).toList())
                .orElse(List.of(Cell.LSTM, Cell.GRU));
    }
}
