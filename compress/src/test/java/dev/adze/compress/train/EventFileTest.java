package dev.adze.compress.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adze.compress.proto.ProtoReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
    @TempDir
    Path folder;

    private List<byte[]> records() throws Exception {
        Path file;
        try (var files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        var records = new ArrayList<byte[]>();
        while (bytes.hasRemaining()) {
            byte[] record = new byte[Math.toIntExact(bytes.getLong())];
            bytes.getInt();
            bytes.get(record);
            bytes.getInt();
            records.add(record);
        }
        return records;
    }

    /** The first record of every event file, made once by TensorFlow's own writer for the wall time 1.5. */
    @Test
    void theFirstRecordHasTheBytesOfTensorFlowsOwnWriter() throws Exception {
        new EventFile(folder, 1500).close();
        assertEquals(1, records().size());
        assertEquals("09000000000000f83f1000" + "1a0d" + HexFormat.of().formatHex("brain.Event:2".getBytes()),
                HexFormat.of().formatHex(records().getFirst()));
    }

    @Test
    void scalarsAndHistogramsAreEventsWithTagAndStep() throws Exception {
        try (var events = new EventFile(folder, 1)) {
            events.scalar(2000, 7, "loss", 0.25);
            events.histogram(2000, 8, new GateHistogram("weight/a", -1, 1, 0, 2, new double[] {1, 0, 1}));
        }
        List<byte[]> records = records();
        assertEquals(3, records.size());
        String scalar = HexFormat.of().formatHex(records.get(1));
        assertTrue(scalar.contains("1007") && scalar.endsWith("0a046c6f7373" + "150000803e"), scalar);
        var event = new ProtoReader(ByteBuffer.wrap(records.get(2)));
        String tag = "";
        while (event.next()) {
            if (event.field() == 5) {
                var summary = event.message();
                summary.next();
                var value = summary.message();
                value.next();
                tag = value.text();
            }
        }
        assertEquals("weight/a", tag);
    }
}
