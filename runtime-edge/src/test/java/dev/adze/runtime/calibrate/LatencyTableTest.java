package dev.adze.runtime.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.calibrate.LatencyTable.Cell;
import dev.adze.runtime.calibrate.LatencyTable.Entry;
import dev.adze.runtime.model.Dense;
import dev.adze.runtime.model.Gru;
import dev.adze.runtime.model.Lstm;
import dev.adze.runtime.model.LstmVariant;
import dev.adze.runtime.model.Precision;
import dev.adze.runtime.model.RecurrentNetwork;
import dev.adze.runtime.model.Residual;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyTableTest {
    @TempDir
    Path folder;

    /** A machine where a call costs 2 us and a multiply-accumulate 1 ns. */
    private static LatencyTable synthetic() {
        var entries = new ArrayList<Entry>();
        for (int input : new int[] {1, 8, 32, 128}) {
            for (int hidden : new int[] {1, 8, 32, 128}) {
                double micros = 2 + 1e-3 * 4 * hidden * (input + hidden);
                entries.add(new Entry(Cell.LSTM, Precision.INT8, input, hidden, micros, 1.5 * micros));
            }
        }
        return new LatencyTable("a processor", "scalar", 1, "2026-01-01T00:00:00Z", entries, List.of());
    }

    private static RecurrentNetwork network(int input, int hidden, int layers) {
        return RecurrentNetwork.stackedLstm(input, layers, hidden, 1);
    }

    @Test
    void aMeasuredLayerIsPredictedAsMeasured() {
        var prediction = synthetic().predict(new RecurrentNetwork(32, List.of(new Lstm(32, 128))), Precision.INT8);
        assertEquals(2 + 1e-3 * 4 * 128 * 160, prediction.p50Micros(), 1e-9);
        assertEquals(1.5 * prediction.p50Micros(), prediction.p99Micros(), 1e-9);
    }

    @Test
    void betweenAndBeyondMeasuredSizesTimeFollowsTheWork() {
        for (int hidden : new int[] {5, 20, 60, 100, 300}) {
            double truth = 2 + 1e-3 * 4 * hidden * (20 + hidden);
            double predicted = synthetic().predict(new RecurrentNetwork(20, List.of(new Lstm(20, hidden))), Precision.INT8).p50Micros();
            assertEquals(truth, predicted, 0.25 * truth, "hidden " + hidden);
        }
    }

    @Test
    void aStackPaysForTheCallOnceAndAResidualConnectionForNothing() {
        double one = 2 + 1e-3 * 4 * 32 * (32 + 32);
        double two = synthetic().predict(new RecurrentNetwork(32, List.of(new Lstm(32, 32), new Lstm(32, 32))), Precision.INT8).p50Micros();
        assertEquals(2 * one - 2, two, 0.01, "the smallest layer's own products are counted as call");
        assertEquals(two, synthetic().predict(new RecurrentNetwork(32, List.of(new Lstm(32, 32), new Residual(new Lstm(32, 32)))),
                Precision.INT8).p50Micros(), 1e-9);
    }

    @Test
    void layersThatItDoesNotKnowAreRefusedInOneLine() {
        var gru = new RecurrentNetwork(8, List.of(new Gru(8, 8), new Dense(8, 1, Dense.Activation.IDENTITY)));
        var e = assertThrows(AdzeException.class, () -> synthetic().predict(gru, Precision.INT8));
        assertTrue(e.getMessage().contains("gru layers in int8") && e.getMessage().contains("it knows lstm int8"), e.getMessage());
        assertThrows(AdzeException.class, () -> synthetic().predict(network(8, 8, 1), Precision.FP32));
        var variant = new RecurrentNetwork(8, List.of(new LstmVariant(8, 8, true, false)));
        assertEquals(AdzeException.Kind.UNAVAILABLE, assertThrows(AdzeException.class,
                () -> synthetic().predict(variant, Precision.INT8)).kind());
    }

    @Test
    void aTableMeasuredHereSurvivesItsFileAndGrowsWithTheSize() {
        var calibration = new Calibration(List.of(Cell.LSTM, Cell.GRU), List.of(Precision.FP32, Precision.FP16, Precision.INT8,
                Precision.INT4), 8, 96, 0.002);
        var told = new ArrayList<Integer>();
        LatencyTable table = calibration.run(told::add);
        assertEquals(calibration.points(), told.size());
        assertEquals(8 * 2 * 4, table.entries().size());
        assertEquals(8, table.checks().size());
        Path file = folder.resolve("t.json");
        LatencyTableFile.write(table, file);
        assertEquals(table, LatencyTableFile.read(file));
        assertTrue(table.predict(network(8, 96, 2), Precision.FP32).p50Micros()
                > 2 * table.predict(network(8, 8, 1), Precision.FP32).p50Micros(), table::toString);
    }

    @Test
    void damagedTablesAreRefused() throws Exception {
        Path file = folder.resolve("t.json");
        assertEquals(AdzeException.Kind.NOT_FOUND, assertThrows(AdzeException.class, () -> LatencyTableFile.read(file)).kind());
        LatencyTableFile.write(synthetic(), file);
        String text = Files.readString(file);
        for (String damaged : new String[] {"", "{}", text.substring(0, text.length() / 2), text.replace("\"adzeLatencyTable\" : 1",
                "\"adzeLatencyTable\" : 2"), text.replaceFirst("\"p50Micros\" : [0-9.]+", "\"p50Micros\" : -1"),
                text.replaceFirst("\"hiddenSize\" : 1", "\"hiddenSize\" : 0"), text.replaceFirst("\"kernel\"", "\"kernal\"")}) {
            Files.writeString(file, damaged);
            var e = assertThrows(AdzeException.class, () -> LatencyTableFile.read(file), damaged);
            assertEquals(AdzeException.Kind.BAD_DATA, e.kind(), damaged);
            assertEquals(1, e.getMessage().lines().count());
        }
    }
}
