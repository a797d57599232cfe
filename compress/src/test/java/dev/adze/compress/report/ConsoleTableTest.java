package dev.adze.compress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.adze.compress.report.ConsoleTable.Column;
import org.junit.jupiter.api.Test;

class ConsoleTableTest {
    @Test
    void columnsAreAligned() {
        ConsoleTable table = new ConsoleTable(Column.text("stage"), Column.number("file"))
                .row("teacher", "47.6 MB").row("student int8", "812 B");
        assertEquals("""
                stage            file
                ------------  -------
                teacher       47.6 MB
                student int8    812 B
                """, table.toString());
    }

    @Test
    void wideAndCombiningCharactersKeepTheAlignment() {
        ConsoleTable table = new ConsoleTable(Column.text("name"), Column.text("x")).row("温度", "1").row("e\u0301", "2");
        assertEquals("""
                name  x
                ----  -
                温度  1
                e\u0301     2
                """, table.toString());
    }

    @Test
    void terminalEscapesAndLineBreaksInCellsAreHarmless() {
        String text = new ConsoleTable(Column.text("name")).row("\u001b[2J\u009b31m\nred").toString();
        assertFalse(text.contains("\u001b") || text.contains("\u009b"));
        assertEquals(3, text.lines().count());
    }

    @Test
    void aRowOfTheWrongLengthIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ConsoleTable(Column.text("a")).row("1", "2"));
    }

    @Test
    void theStageTableShowsWhatTheRecordsHold() {
        assertEquals("""
                stage         parameters  MACs a step     file               RMSE [%]  MAE [%]  step p50  step p99
                ------------  ----------  -----------  -------  ---------------------  -------  --------  --------
                teacher           11.9 M       11.9 M  47.6 MB  4.312 (4.180 … 4.450)    3.062   2.04 ms   2.71 ms
                student fp32      3.84 M       3.84 M  15.4 MB  4.338 (4.200 … 4.480)    3.080    251 µs    302 µs
                student int8      3.84 M       3.84 M  3.88 MB  4.345 (4.210 … 4.490)    3.085   82.4 µs   97.6 µs
                """, StageTable.console(SampleRun.of(7).stages()).toString());
    }
}
