package dev.adze.agent.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.agent.sensor.ChannelInfo;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.runtime.AdzeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingWriterTest {
    private static final List<ChannelInfo> CHANNELS =
            List.of(new ChannelInfo("cpu.busy", "%"), new ChannelInfo("sched.runnable", ""), new ChannelInfo("t", "degC"));

    @TempDir
    Path folder;

    /** Row {@code i}: values that six digits hold exactly, with some missing and some invalid. */
    private static ReadingBuffer row(int i) {
        var random = new Random(i);
        var out = new ReadingBuffer(CHANNELS.size());
        for (int c = 0; c < out.size(); c++) {
            switch (random.nextInt(8)) {
                case 0 -> out.missing(c, "gone");
                case 1 -> out.invalid(c, "garbage");
                default -> out.ok(c, (random.nextInt(2_000_000) - 1_000_000) / Math.pow(10, random.nextInt(6)));
            }
        }
        return out;
    }

    private void write(RecordingWriter writer, int rows) {
        for (int i = 0; i < rows; i++) {
            if (i % 10 == 7) {
                writer.gap(1000 + i, CHANNELS.size());
            } else {
                writer.row(1000 + i, row(i));
            }
            if (i % 25 == 24) {
                writer.flush();
            }
        }
    }

    private void assertHolds(Path recording, int rows) {
        try (var reader = new RecordingReader(recording)) {
            assertEquals(CHANNELS, reader.channels());
            var out = new ReadingBuffer(CHANNELS.size());
            for (int i = 0; i < rows; i++) {
                assertTrue(reader.next(out), "row " + i + " of " + recording);
                assertEquals(1000 + i, reader.timeMillis());
                ReadingBuffer expected = row(i);
                for (int c = 0; c < CHANNELS.size(); c++) {
                    assertEquals(i % 10 == 7 ? Double.NaN : expected.value(c), out.value(c), 1e-12, "row " + i + " channel " + c);
                }
            }
            assertFalse(reader.next(out));
        }
    }

    @Test
    void whatIsWrittenIsReadBack() {
        for (String name : List.of("a.csv", "a.csv.gz")) {
            Path file = folder.resolve(name);
            try (var writer = new RecordingWriter(file, CHANNELS)) {
                write(writer, 300);
                assertFalse(Files.exists(file), "half-written under its own name");
                writer.finish();
            }
            assertFalse(Files.exists(RecordingWriter.partialOf(file)));
            assertHolds(file, 300);
        }
    }

    @Test
    void aRecordingCutOffAnywhereIsRecoveredUpToItsLastFlush() throws IOException {
        Path whole = folder.resolve("whole.csv.gz");
        long[] flushedBytes = new long[9];
        var writer = new RecordingWriter(whole, CHANNELS);
        for (int i = 0; i < 200; i++) {
            writer.row(1000 + i, i % 10 == 7 ? new ReadingBuffer(CHANNELS.size()) : row(i));
            if (i % 25 == 24) {
                writer.flush();
                flushedBytes[1 + i / 25] = Files.size(RecordingWriter.partialOf(whole));
            }
        }
        writer.close();
        byte[] bytes = Files.readAllBytes(RecordingWriter.partialOf(whole));
        long seed = 4;
        var random = new Random(seed);
        int[] cuts = IntStream.concat(Arrays.stream(flushedBytes).mapToInt(b -> (int) b),
                random.ints(60, 0, bytes.length)).toArray();
        for (int k = 0; k < cuts.length; k++) {
            int cut = cuts[k];
            Path file = folder.resolve("cut" + k + ".csv.gz");
            Files.write(RecordingWriter.partialOf(file), Arrays.copyOf(bytes, cut));
            int flushed = 0;
            while (flushed < 8 && flushedBytes[flushed + 1] <= cut) {
                flushed++;
            }
            long rows;
            try {
                rows = RecordingRecovery.recover(file);
            } catch (AdzeException e) {
                assertEquals(AdzeException.Kind.BAD_DATA, e.kind());
                assertTrue(flushed == 0, "cut at " + cut + ", seed " + seed + ": " + e.getMessage());
                assertTrue(Files.exists(RecordingWriter.partialOf(file)), "nothing got back, but the partial file is gone");
                continue;
            }
            assertTrue(rows >= 25L * flushed, rows + " rows from " + cut + " bytes, seed " + seed);
            assertHolds(file, (int) rows);
            assertFalse(Files.exists(RecordingWriter.partialOf(file)));
        }
    }

    @Test
    void flippedBitsCostRowsButNeverGiveWrongOnesBeforeThem() throws IOException {
        Path file = folder.resolve("x.csv.gz");
        var writer = new RecordingWriter(file, CHANNELS);
        write(writer, 100);
        writer.flush();
        writer.close();
        byte[] bytes = Files.readAllBytes(RecordingWriter.partialOf(file));
        bytes[bytes.length - 30] ^= 0x10;
        Files.write(RecordingWriter.partialOf(file), bytes);
        long rows = RecordingRecovery.recover(file);
        assertTrue(rows >= 75, rows + " rows");
    }

    @Test
    void nothingIsOverwrittenAndLeftOversAreReported() throws IOException {
        Path file = folder.resolve("r.csv");
        try (var writer = new RecordingWriter(file, CHANNELS)) {
            var busy = assertThrows(AdzeException.class, () -> new RecordingWriter(file, CHANNELS).close());
            assertTrue(busy.getMessage().contains("being written by another process"), busy.getMessage());
            assertThrows(AdzeException.class, () -> RecordingRecovery.recover(file));
            write(writer, 3);
            writer.flush();
        }
        var left = assertThrows(AdzeException.class, () -> new RecordingWriter(file, CHANNELS).close());
        assertTrue(left.getMessage().contains("record --recover --output " + file), left.getMessage());
        assertEquals(3, RecordingRecovery.recover(file));
        var there = assertThrows(AdzeException.class, () -> new RecordingWriter(file, CHANNELS).close());
        assertEquals(AdzeException.Kind.CANNOT_WRITE, there.kind());
        assertThrows(AdzeException.class, () -> RecordingRecovery.recover(file));
        assertEquals(AdzeException.Kind.NOT_FOUND,
                assertThrows(AdzeException.class, () -> RecordingRecovery.recover(folder.resolve("none.csv"))).kind());
    }

    @Test
    void anUnwritableFolderIsOneLine() {
        var e = assertThrows(AdzeException.class, () -> new RecordingWriter(folder.resolve("no/such/r.csv"), CHANNELS).close());
        assertEquals("cannot write " + folder.resolve("no/such/r.csv.partial") + ": the folder " + folder.resolve("no/such")
                + " does not exist; create it first", e.getMessage());
        assertEquals(AdzeException.Kind.CANNOT_WRITE, e.kind());
    }
}
